// What the learners of trees share: settings that pass to LightGBM under its own names, and a saved
// text that holds nothing but what decided the result.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/learner.h"
#include "models/settings_internal.h"

namespace codman::models {

struct TreeSetting {
  NumberSetting number;
  std::string_view lightgbm;  // its name there; empty: not passed on
};

struct TreeFamily {
  const Learner* learner;
  std::string_view boosting;  // LightGBM's name
  std::span<const TreeSetting> settings;
};

// The numbers by name. 'monotone' is known besides.
Result<std::map<std::string, double>> ReadTreeSettings(const TreeFamily& family,
                                                       const Json& settings);

// Learns with settings already read.
Result<std::unique_ptr<Model>> LearnTrees(const TreeFamily& family, const TrainingData& data,
                                          const LearnOptions& options,
                                          const std::map<std::string, double>& values);

}  // namespace codman::models
