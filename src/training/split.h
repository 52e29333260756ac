// Splits by subject: a subject is in exactly one part, whatever rows it has (unless the task
// declares `by: row`, which the leakage audit judges). The part follows from SHA-256(seed, source,
// identifier) alone, so it is the same on every installation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "feature_store/prediction_rows.h"
#include "registry/task.h"

namespace codman::training {

enum Part : uint8_t { kTrain = 0, kTuning = 1, kHeldOut = 2 };

// Uniform in [0, 1) by identifier.
double BucketOf(uint64_t seed, const std::string& source, const std::string& identifier);

// The part of each row.
std::vector<uint8_t> SplitRows(const feature_store::PredictionRows& rows,
                               const registry::Task& task, const std::string& source);
// The fold (0 … folds − 1) of each row; seeds give folds of their own.
std::vector<uint8_t> FoldRows(const feature_store::PredictionRows& rows, uint64_t seed,
                              const std::string& source, int folds);
// 1 where the row is of a subject among this share of them: larger shares hold the smaller ones,
// and no share leans to a fold.
std::vector<uint8_t> RowsOfShare(const feature_store::PredictionRows& rows, uint64_t seed,
                                 const std::string& source, double share);

// 1 where the row is in the cohort and its entry of `parts` is one of `wanted`.
std::vector<uint8_t> RowsIn(const feature_store::PredictionRows& rows,
                            const std::vector<uint8_t>& parts, const std::vector<uint8_t>& wanted);

// How many subjects have a row that is kept.
int64_t PatientsIn(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& keep);

}  // namespace codman::training
