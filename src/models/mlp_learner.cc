#include "models/mlp_learner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/mlp_model_internal.h"
#include "models/mlp_training_internal.h"
#include "models/random_draw_internal.h"
#include "models/settings_internal.h"
#include "models/standardisation_internal.h"
#include "models/target_scale_internal.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

constexpr NumberSetting kSettings[] = {
    {"hidden_1", 64, 1, 4096, true},     {"hidden_2", 32, 1, 4096, true},
    {"learning_rate", 0.001, 1e-6, 1},   {"l2", 0.01, 0, 1e3},
    {"batch_rows", 256, 1, 65536, true}, {"epochs", 60, 1, 10000, true},
    {"patience", 6, 1, 10000, true},
};
constexpr size_t kBackgroundRows = 64;

MlpPlan PlanOf(const std::map<std::string, double>& values) {
  auto whole = [&](const char* name) { return static_cast<int>(values.at(name)); };
  return {.hidden = {whole("hidden_1"), whole("hidden_2")},
          .learning_rate = values.at("learning_rate"),
          .l2 = values.at("l2"),
          .batch_rows = whole("batch_rows"),
          .epochs = whole("epochs"),
          .patience = whole("patience")};
}

// Everything but the layers and the background.
Result<Network> SettleInputs(const TrainingData& data) {
  Network network;
  network.objective = data.objective;
  for (const LinearFeature& feature : TRY(Standardise(data.rows, data.weights))) {
    if (feature.missing_rate > 0)
      network.indicators.push_back(static_cast<int32_t>(network.means.size()));
    network.feature_names.push_back(feature.name);
    network.means.push_back(feature.mean);
    network.sds.push_back(feature.sd);
  }
  if (data.objective == Objective::kRegression) {
    TargetScale scale = ScaleOf(data);
    network.output_scale = scale.sd;
    network.output_shift = scale.mean;
  }
  return network;
}

Result<MlpRows> LoadRows(const TrainingData& data, const Network& network) {
  MlpRows rows;
  rows.features = network.feature_names.size();
  rows.values.reserve(data.labels.size() * rows.features);
  std::vector<double> inputs(network.num_inputs());
  TRY(data.rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = block.Row(i);
      EncodeRow(network, row, inputs.data());
      for (size_t f = 0; f < row.size(); ++f)
        rows.values.push_back(static_cast<float>(std::isnan(row[f]) ? row[f] : inputs[f]));
    }
    return {};
  }));
  double total = static_cast<double>(data.labels.size());
  double mean_weight = 0;
  for (double weight : data.weights) mean_weight += weight / total;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    rows.targets.push_back(
        static_cast<float>((data.labels[i] - network.output_shift) / network.output_scale));
    rows.weights.push_back(
        static_cast<float>(data.weights.empty() ? 1 : data.weights[i] / mean_weight));
  }
  return rows;
}

// Rows drawn from the seed, as the first layer sees them.
std::vector<float> DrawBackground(const MlpRows& rows, const Network& network, uint64_t seed) {
  std::vector<std::pair<uint64_t, size_t>> draws;
  for (size_t r = 0; r < rows.count(); ++r) {
    if (rows.weights[r] > 0) draws.emplace_back(Mix(Mix(seed) + r), r);
  }
  size_t count = std::min(kBackgroundRows, draws.size());
  std::partial_sort(draws.begin(), draws.begin() + static_cast<int64_t>(count), draws.end());
  std::vector<float> background;
  for (size_t i = 0; i < count; ++i) {
    const float* row = rows.values.data() + draws[i].second * rows.features;
    for (size_t f = 0; f < rows.features; ++f)
      background.push_back(std::isnan(row[f]) ? 0 : row[f]);
    for (int32_t f : network.indicators) background.push_back(std::isnan(row[f]) ? 1.0f : 0.0f);
  }
  return background;
}

}  // namespace

Result<std::unique_ptr<Model>> MlpLearner::Fit(const TrainingData& data,
                                               const LearnOptions& options) const {
  auto values = TRY(ReadSettings(options.settings, kSettings));
  TRY(CheckTrainingData(data, *this));
  Network network = TRY(SettleInputs(data));
  MlpRows rows = TRY(LoadRows(data, network));
  size_t outputs = data.objective == Objective::kMulticlass ? data.num_classes : 1;
  TRY(TrainLayers(rows, PlanOf(values), options, outputs, &network));
  network.background = DrawBackground(rows, network, options.seed);
  network.settings = SettingsToJson(values, kSettings);
  return LoadMlpModel(NetworkToBytes(network));
}

Result<std::unique_ptr<Model>> MlpLearner::Load(std::string_view weights) const {
  return LoadMlpModel(weights);
}

}  // namespace codman::models
