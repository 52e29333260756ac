#include "cli/opened_registry.h"

namespace codman::cli {

Result<OpenedRegistry> OpenRegistry(const GlobalOptions& global) {
  OpenedRegistry opened{.workspace = TRY(Workspace::Open(global.workspace))};
  opened.registry = TRY(registry::Registry::Open(opened.workspace->database(),
                                                 opened.workspace->home() + "/models",
                                                 opened.workspace->secrets()));
  return opened;
}

}  // namespace codman::cli
