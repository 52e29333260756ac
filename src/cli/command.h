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

// The parts of a subcommand ("models list"), of which one is asked for.
template <typename Options>
class Parts {
 public:
  using Run = Result<> (*)(const GlobalOptions&, const Options&);

  Parts(CLI::App* app, GlobalOptions* global, std::shared_ptr<Options> options)
      : app_(app), global_(global), options_(std::move(options)) {
    app_->require_subcommand(1);
  }
  CLI::App* Add(const char* name, const char* help, Run run) {
    CLI::App* part = app_->add_subcommand(name, help);
    part->callback([chosen = chosen_, run] { *chosen = run; });
    return part;
  }
  // What runs after parsing.
  std::function<Result<>()> Chosen() const {
    return [chosen = chosen_, global = global_, options = options_] {
      return (*chosen)(*global, *options);
    };
  }

 private:
  CLI::App* app_;
  GlobalOptions* global_;
  std::shared_ptr<Options> options_;
  std::shared_ptr<Run> chosen_ = std::make_shared<Run>();
};

// A bar with rate and ETA on a terminal, a line every ten percent otherwise; nothing under --json.
std::function<void(double)> ProgressBar(const std::string& doing, const GlobalOptions& global);
// Prints `text` for people, or `json` for machines.
void Print(const GlobalOptions& global, const std::string& text, const Json& json);

}  // namespace codman::cli
