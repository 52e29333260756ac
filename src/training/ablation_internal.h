// What each group of inputs adds, and how far it goes alone. Private to training.
#pragma once

#include <string>
#include <vector>

#include "training/folds_internal.h"
#include "training/run_internal.h"

namespace codman::training {

// Inputs that are left out together: those of a feature group ("Cognitive"), or of a block.
struct InputPart {
  std::string kind;  // "group" or "block"
  std::string name;
  std::vector<std::string> columns;
};

// Groups in the order of their first input, then those blocks of the variant that are no group
// already. A part is left out where none of its inputs has two different values in the cohort, and
// where it is all there is.
Result<std::vector<InputPart>> PartsOfInputs(const Run& run);

// The out-of-fold judgement without each part, and of each part alone, against `whole`: the same
// folds, learner and settings, paired by patient.
//
// [{kind, name, inputs, without, alone}], where the last two are comparisons of comparison.h
// (model: the whole; other: "without …", "… alone"). The intervals are of each comparison by
// itself: of many parts some leave 0 out by chance.
Result<Json> Ablation(const Run& run, const Folds& folds, const JudgementInputs& whole);

}  // namespace codman::training
