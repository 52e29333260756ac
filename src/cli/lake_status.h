// Counts of the lake for `codman status` and the dashboard.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "cli/workspace.h"

namespace codman::cli {

// {"data": {measurements, patients, …}, "tables": [{name, rows, version}]}
Result<Json> LakeStatus(Workspace* workspace);

}  // namespace codman::cli
