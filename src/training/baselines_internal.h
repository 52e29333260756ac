// Models that stand beside the one that is judged. Private to training.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "training/run_internal.h"

namespace codman::training {

// The linear learner for the run's objective.
const char* NameOfBaseline(const Run& run);

// Each gives what a model tells of all rows of `all` from a fit on `train`; empty where there is
// nothing to learn from.

// Hours since admission and nothing else: what a model gains beyond it is about the patient.
Result<std::vector<double>> ClockOnly(const Run& run, const std::vector<uint8_t>& train);
// The simple baseline, linear in the contract features: logistic or linear regression.
Result<std::vector<double>> Baseline(const Run& run, const std::vector<uint8_t>& train,
                                     const std::vector<uint8_t>& all);
// Whether a column tells about care: declared so, or when or how often something was measured. A
// score such as sirs_count tells about the body.
bool IsOfProcess(const features::InputColumn& column, const features::ContractFeature& contract);
// The columns about care only, where the variant has such.
Result<std::vector<double>> ProcessOnly(const Run& run, const std::vector<uint8_t>& train,
                                        const std::vector<uint8_t>& all);
// The model itself, told no more of the rows of `judged` than a form can: the values at the moment,
// without their history. Nothing where the model needs no history; 0 elsewhere.
Result<std::vector<double>> FormOnly(const Run& run, const models::Model& model,
                                     const std::vector<uint8_t>& judged);
// NEWS2, or as much of it as the inputs know: what a ward without any model has. Rows without it
// count as lowest.
Result<std::vector<double>> EarlyWarningScore(const Run& run);
// Adds the column of the rows' table that the task declares as comparator, under its name. Rows
// without it count as lowest.
Result<> AddDeclaredComparator(const Run& run,
                               std::map<std::string, std::vector<double>>* comparators);

}  // namespace codman::training
