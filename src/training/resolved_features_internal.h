// features.yaml of a model folder. Private to training.
#pragma once

#include "training/run_internal.h"

namespace codman::training {

// The set as declared, which blocks are used, and the concepts behind all of it, so that the folder
// alone is enough to answer (JSON is YAML).
Result<Json> ResolvedFeatures(const Run& run);

}  // namespace codman::training
