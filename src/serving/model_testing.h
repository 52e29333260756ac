// A small model of four features for tests and fuzzing: boosted trees on made rows, derived and
// measured features, units, an ambiguous range, a top code. Only tests include it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "columns/matrix.h"
#include "models/gbdt_learner.h"
#include "serving/served_model.h"

namespace codman::serving {

inline constexpr char kTestFeatures[] = R"(feature_set:
  name: tiny
  description: three vitals
  owner: icu
  defaults: {aggregate: last, window: 24h, null_policy: missing}
  features:
    - {id: heart_rate, concept: heart_rate, label: "Heart \"rate\""}
    - {id: temperature, concept: temperature}
    - {id: sbp, concept: sbp}
    - {id: age, concept: age, window: ever}
    - {id: shock_index, expression: heart_rate / sbp, label: Shock index, unit: "1"}
  blocks:
    - name: signals
      expand:
        - {features: [heart_rate, sbp], columns: [min_6h, max_6h]}
blocks: [signals]
concepts:
  concepts:
    - {name: heart_rate, unit: /min, range: [10, 350]}
    - {name: temperature, unit: Cel, range: [26, 45], ambiguous: [60, 115],
       conversions: [{unit: "[degF]", factor: 0.5555555555555556, offset: -17.77777777777778}]}
    - {name: sbp, unit: "mm[Hg]", range: [20, 375], conversions: [{unit: kPa, factor: 7.50062}]}
    - {name: age, unit: a, range: [0, 130], top_code: 90}
)";

// Columns of the plan, in order.
inline std::vector<std::string> TestColumns() {
  return {"heart_rate",        "temperature",       "sbp",        "age",       "shock_index",
          "heart_rate_min_6h", "heart_rate_max_6h", "sbp_min_6h", "sbp_max_6h"};
}

// Bytes of a forest whose rows have the columns above.
inline std::string TestWeights() {
  std::vector<double> values, labels;
  for (int i = 0; i < 400; ++i) {
    double rate = 60 + (i * 37) % 100, heat = 35 + (i * 7) % 60 / 10.0;
    double pressure = 80 + (i * 53) % 90, age = 20 + (i * 11) % 70;
    values.insert(values.end(), {rate, heat, pressure, age, rate / pressure, rate - i % 9,
                                 rate + i % 7, pressure - i % 5, pressure + i % 3});
    labels.push_back(rate / pressure + heat / 50 + (i * 13) % 17 / 40.0 > 1.9 ? 1 : 0);
  }
  columns::DenseMatrix matrix(TestColumns(), values);
  models::TrainingData data{&matrix, labels, {}, models::Objective::kBinary};
  models::LearnOptions options{
      .settings = Json::Object({{"trees", 30}, {"leaves", 8}, {"min_rows_per_leaf", 5}}),
      .num_threads = 1};
  return models::GbdtLearner().Fit(data, options).value()->weights();
}

inline std::shared_ptr<const ServedModel> MakeTestModel(double horizon_hours = 6,
                                                        const std::string& features = kTestFeatures,
                                                        Json metrics = Json()) {
  registry::LoadedModel loaded;
  loaded.version = {.task = "sepsis", .variant = "process", .version = "process-1"};
  loaded.version.source = "made";
  loaded.version.synthetic = true;
  loaded.version.metrics = std::move(metrics);
  loaded.version.manifest_sha256 = std::string(64, 'a');
  loaded.manifest = Json::Object({{"feature_set", "tiny"}});
  loaded.features = base::ParseYaml(features, "features.yaml").value();
  loaded.model = models::GbdtLearner().Load(TestWeights()).value();
  loaded.calibration.logistic = {.slope = 0.8, .intercept = -0.5};
  loaded.threshold = 0.3;
  return Prepare(std::move(loaded), horizon_hours).value();
}

}  // namespace codman::serving
