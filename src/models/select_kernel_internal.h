// The bottom-up choice of leaf numbers: see BatchScorer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/batch_scorer_internal.h"

namespace codman::models {

constexpr size_t kSelectRows = 64;  // one call's

// leaf_numbers[r] for kSelectRows rows. ranks: column × stride. scratch: kSelectScratch bytes whose
// first kLeafNumbers × kSelectRows hold the leaf numbers, each kSelectRows times; aligned to 64.
constexpr size_t kSelectScratch = 2 * BatchScorer::kLeafNumbers * kSelectRows;
using SelectRunner = void (*)(std::span<const BatchScorer::Select> selects, const uint8_t* ranks,
                              size_t stride, uint8_t* scratch, uint8_t* leaf_numbers);
SelectRunner SelectRunnerFor(SelectCode code);
SelectCode BestSelectCode();

}  // namespace codman::models
