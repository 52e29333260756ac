// The registry of a home, with the workspace that holds it open.
#pragma once

#include <memory>

#include "cli/command.h"
#include "registry/registry.h"

namespace codman::cli {

struct OpenedRegistry {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<registry::Registry> registry;
};

Result<OpenedRegistry> OpenRegistry(const GlobalOptions& global);

}  // namespace codman::cli
