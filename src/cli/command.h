// What every subcommand is: a name, a line of help, an example, options, and what it does.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/workspace.h"

namespace codman::cli {

// Options that every subcommand has.
struct GlobalOptions {
  WorkspaceOptions workspace;
  bool json = false;  // results as one JSON document on standard output
};

struct Command {
  const char* name;
  const char* summary;
  const char* example;
  // Adds options to `app` and gives what runs after parsing.
  std::function<Result<>()> (*setup)(CLI::App* app, GlobalOptions* global);
};

// All subcommands, in the order help prints them (main.cc).
std::span<const Command> Commands();

// A bar with rate and ETA on a terminal, a line every ten percent otherwise; nothing under --json.
std::function<void(double)> ProgressBar(const std::string& doing, const GlobalOptions& global);
// Prints `text` for people, or `json` for machines.
void Print(const GlobalOptions& global, const std::string& text, const Json& json);

}  // namespace codman::cli
