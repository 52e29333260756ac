// Serving a home until a signal says stop.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/workspace.h"

namespace codman::cli {

constexpr char kVersion[] = "0.1.0";

struct ServeOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8420;
};

// Prints address, one-time sign-in link and an example; returns after SIGINT or SIGTERM, when
// answers in flight are out.
Result<> Serve(Workspace* workspace, const ServeOptions& options);

}  // namespace codman::cli
