// How often these held-out patients have been looked at: whoever tries often enough finds a model
// that is good on them by chance. Private to training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "feature_store/prediction_rows.h"

namespace codman::training {

// SHA-256, hex, over who, when, which row and with what label is kept: the same rows give the same
// text whatever inputs a variant makes of them.
std::string SnapshotOf(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& keep);

// "the 3rd look at these held-out patients".
std::string LookWords(int64_t look);

}  // namespace codman::training
