#include <LightGBM/c_api.h>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "base/text.h"
#include "models/lightgbm_text.h"
#include "models/lightgbm_training_internal.h"
#include "models/random_draw_internal.h"

namespace codman::models {
namespace {

constexpr int64_t kSampleRows = 50'000;
// As LightGBM itself: values nearer to zero than this are left out of the sample and count as zero.
constexpr double kZeroThreshold = 1e-35f;

struct FreeDataset {
  void operator()(void* handle) const { LGBM_DatasetFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { LGBM_BoosterFree(handle); }
};
using Dataset = std::unique_ptr<void, FreeDataset>;
using Booster = std::unique_ptr<void, FreeBooster>;

Result<> Check(int status, const char* doing) {
  if (status == 0) return {};
  return base::InvalidInput(format("LightGBM refuses: {}", LGBM_GetLastError())).While(doing);
}

bool IsSampled(int64_t row, int64_t num_rows) {
  if (num_rows <= kSampleRows) return true;
  double draw = UniformOf(Mix(static_cast<uint64_t>(row)));
  return draw * static_cast<double>(num_rows) < static_cast<double>(kSampleRows);
}

struct Sample {
  std::vector<std::vector<double>> values;  // by feature
  std::vector<std::vector<int>> places;     // row of the sample
  int32_t num_rows = 0;
};

Result<Sample> DrawSample(columns::MatrixSource* rows) {
  Sample sample;
  sample.values.resize(rows->feature_names().size());
  sample.places.resize(rows->feature_names().size());
  TRY(rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      if (!IsSampled(block.first_row + i, rows->num_rows())) continue;
      auto row = block.Row(i);
      for (size_t f = 0; f < row.size(); ++f) {
        if (std::fabs(row[f]) <= kZeroThreshold) continue;
        sample.values[f].push_back(row[f]);
        sample.places[f].push_back(sample.num_rows);
      }
      ++sample.num_rows;
    }
    return {};
  }));
  return sample;
}

Result<Dataset> CreateDataset(columns::MatrixSource* rows, const std::string& parameters) {
  Sample sample = TRY(DrawSample(rows));
  std::vector<double*> values;
  std::vector<int*> places;
  std::vector<int> counts;
  for (size_t f = 0; f < sample.values.size(); ++f) {
    values.push_back(sample.values[f].data());
    places.push_back(sample.places[f].data());
    counts.push_back(static_cast<int>(sample.values[f].size()));
  }
  void* handle = nullptr;
  int64_t num_rows = rows->num_rows();
  TRY(Check(LGBM_DatasetCreateFromSampledColumn(values.data(), places.data(),
                                                static_cast<int32_t>(values.size()), counts.data(),
                                                sample.num_rows, static_cast<int32_t>(num_rows),
                                                num_rows, parameters.c_str(), &handle),
            "choosing bin borders"));
  return Dataset(handle);
}

Result<> PushRows(columns::MatrixSource* rows, void* dataset) {
  int64_t pushed = 0;
  TRY(rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    pushed += block.num_rows;
    if (pushed > rows->num_rows()) return base::Internal("the matrix gave more rows than it said");
    return Check(LGBM_DatasetPushRows(dataset, block.values.data(), C_API_DTYPE_FLOAT64,
                                      static_cast<int32_t>(block.num_rows), block.num_features,
                                      static_cast<int32_t>(block.first_row)),
                 "binning rows");
  }));
  if (pushed != rows->num_rows()) return base::Internal("the matrix gave fewer rows than it said");
  return {};
}

Result<> SetField(void* dataset, const char* field, std::span<const double> values) {
  std::vector<float> floats(values.begin(), values.end());
  return Check(LGBM_DatasetSetField(dataset, field, floats.data(), static_cast<int>(floats.size()),
                                    C_API_DTYPE_FLOAT32),
               field);
}

Result<> SetNames(void* dataset, const std::vector<std::string>& names) {
  std::vector<std::string> encoded;
  for (const std::string& name : names) encoded.push_back(EncodeFeatureName(name));
  std::vector<const char*> pointers;
  for (const std::string& name : encoded) pointers.push_back(name.c_str());
  return Check(
      LGBM_DatasetSetFeatureNames(dataset, pointers.data(), static_cast<int>(pointers.size())),
      "naming features");
}

Result<std::string> SaveText(void* booster) {
  int64_t length = 0;
  TRY(Check(LGBM_BoosterSaveModelToString(booster, 0, -1, C_API_FEATURE_IMPORTANCE_SPLIT, 0,
                                          &length, nullptr),
            "measuring the model"));
  std::string text(static_cast<size_t>(length), '\0');
  TRY(Check(LGBM_BoosterSaveModelToString(booster, 0, -1, C_API_FEATURE_IMPORTANCE_SPLIT, length,
                                          &length, text.data()),
            "saving the model"));
  text.resize(static_cast<size_t>(length) - 1);  // without the closing 0
  return text;
}

// The margin of each class that says no more than the labels' shares: LightGBM's start.
std::vector<double> BaseMargins(const TrainingData& data) {
  size_t classes = data.objective == Objective::kMulticlass ? data.num_classes : 1;
  std::vector<double> sums(classes, 0);
  double total = 0;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    double weight = data.weights.empty() ? 1 : data.weights[i];
    total += weight;
    if (classes > 1) {
      sums[static_cast<size_t>(data.labels[i])] += weight;
    } else {
      sums[0] += weight * data.labels[i];
    }
  }
  for (double& sum : sums) {
    double mean = sum / total;
    sum = mean;
    if (data.objective == Objective::kBinary) sum = std::log(mean / (1 - mean));
    if (data.objective == Objective::kMulticlass) sum = std::log(mean);
  }
  return sums;
}

Result<> FillTreesWithoutSplit(const TrainingData& data, void* booster, std::string_view text) {
  std::vector<double> base = BaseMargins(data);
  int tree = 0;
  for (size_t at = text.find("\nTree="); at != text.npos; at = text.find("\nTree=", at + 1)) {
    size_t leaves = text.find("num_leaves=", at);
    if (text.substr(leaves).starts_with("num_leaves=1\n")) {
      TRY(Check(
          LGBM_BoosterSetLeafValue(booster, tree, 0, base[static_cast<size_t>(tree) % base.size()]),
          "filling a tree without split"));
    }
    ++tree;
  }
  return {};
}

}  // namespace

Result<std::string> TrainLightgbm(const TrainingData& data, const LightgbmPlan& plan) {
  if (data.rows->num_rows() > std::numeric_limits<int32_t>::max()) {
    return base::InvalidInput("LightGBM learns from at most 2^31 - 1 rows; thin the cohort");
  }
  // Its messages repeat what the errors say.
  LGBM_RegisterLogCallback([](const char*) {});
  Dataset dataset = TRY(CreateDataset(data.rows, plan.parameters));
  TRY(SetNames(dataset.get(), data.rows->feature_names()));
  TRY(PushRows(data.rows, dataset.get()));
  TRY(SetField(dataset.get(), "label", data.labels));
  if (!data.weights.empty()) TRY(SetField(dataset.get(), "weight", data.weights));
  void* handle = nullptr;
  TRY(Check(LGBM_BoosterCreate(dataset.get(), plan.parameters.c_str(), &handle),
            "preparing to learn"));
  Booster booster(handle);
  for (int tree = 0; tree < plan.num_trees; ++tree) {
    int finished = 0;
    TRY(Check(LGBM_BoosterUpdateOneIter(booster.get(), &finished), "growing a tree"));
    if (plan.progress && !plan.progress((tree + 1.0) / plan.num_trees))
      return base::Unavailable("stopped");
    if (finished != 0) break;
  }
  std::string text = TRY(SaveText(booster.get()));
  if (!plan.averages) return text;
  TRY(FillTreesWithoutSplit(data, booster.get(), text));
  return SaveText(booster.get());
}

}  // namespace codman::models
