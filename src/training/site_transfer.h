// A model of one site judged at another, with its operating point moved without labels (ml.md 2).
#pragma once

#include "training/training_run.h"

namespace codman::training {

// Learns from four fifths of the patients of the task's `from` site, calibrates and chooses the
// threshold on the last fifth, and judges all patients of the `to` site at that threshold, at the
// cautious one that keeps the task's share of the utility at home, and at the one that alerts there
// as often as the cautious one did at home. Registers nothing, but is counted as a look at the
// held-out patients and kept as a run (run_record.h). Gives the report at the cautious threshold,
// with evaluation::JudgeThresholdTransfer's members in `threshold_transfer`. Refused: a task
// without `transfer` for the source, and one that is not binary.
Result<Json> JudgeSiteTransfer(const TrainingPlace& place, const TrainingRequest& request);

}  // namespace codman::training
