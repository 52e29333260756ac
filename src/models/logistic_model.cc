#include "models/logistic_model.h"

#include <cmath>
#include <utility>

#include "base/text.h"

namespace codman::models {
namespace {

constexpr std::string_view kFormat = "codman-logistic-1";

double ContributionOf(const LogisticFeature& feature, double x) {
  if (std::isnan(x)) return feature.missing_weight * (1 - feature.missing_rate);
  return feature.weight * ((x - feature.mean) / feature.sd) -
         feature.missing_weight * feature.missing_rate;
}

class LogisticModel : public Model {
 public:
  LogisticModel(LogisticWeights weights, std::string_view bytes)
      : weights_(std::move(weights)), bytes_(bytes) {
    for (const LogisticFeature& feature : weights_.features) names_.push_back(feature.name);
  }

  std::string_view family() const override { return "logistic"; }
  Objective objective() const override { return Objective::kBinary; }
  const std::vector<std::string>& feature_names() const override { return names_; }
  ExplanationMethod explanation_method() const override { return {"linear_exact", true}; }

  void Predict(std::span<const double> rows, std::span<double> margins) const override {
    CHECK(rows.size() == margins.size() * names_.size());
    const double* x = rows.data();
    for (double& margin : margins) {
      margin = weights_.intercept;
      for (const LogisticFeature& feature : weights_.features)
        margin += ContributionOf(feature, *x++);
    }
  }

  void Explain(std::span<const double> rows, std::span<double> contributions) const override {
    size_t num_rows = contributions.size() / (names_.size() + 1);
    CHECK(contributions.size() == num_rows * (names_.size() + 1) &&
          rows.size() == num_rows * names_.size());
    const double* x = rows.data();
    double* out = contributions.data();
    for (size_t r = 0; r < num_rows; ++r) {
      for (const LogisticFeature& feature : weights_.features)
        *out++ = ContributionOf(feature, *x++);
      *out++ = weights_.intercept;
    }
  }

  std::string weights_file_name() const override { return "weights.json"; }
  const std::string& weights() const override { return bytes_; }

  Json Describe() const override {
    int64_t coefficients = 1;
    for (const LogisticFeature& feature : weights_.features) {
      coefficients += (feature.weight != 0 ? 1 : 0) + (feature.missing_weight != 0 ? 1 : 0);
    }
    Json description;
    description.Set("coefficients", coefficients);
    description.Set("features", static_cast<int64_t>(names_.size()));
    description.Set("settings", weights_.settings);
    return description;
  }

 private:
  LogisticWeights weights_;
  std::vector<std::string> names_;
  std::string bytes_;
};

Result<double> RequireNumber(const Json& object, const char* name) {
  const Json& value = object[name];
  if (!value.is_number() || !std::isfinite(value.AsDouble())) {
    return base::InvalidInput(format("'{}' of the logistic weights is not a number", name));
  }
  return value.AsDouble();
}

Result<LogisticFeature> ReadFeature(const Json& object) {
  LogisticFeature feature;
  if (!object["name"].is_string())
    return base::InvalidInput("a feature of the logistic weights has no name");
  feature.name = object["name"].AsString();
  feature.mean = TRY(RequireNumber(object, "mean"));
  feature.sd = TRY(RequireNumber(object, "sd"));
  feature.weight = TRY(RequireNumber(object, "weight"));
  feature.missing_rate = TRY(RequireNumber(object, "missing_rate"));
  feature.missing_weight = TRY(RequireNumber(object, "missing_weight"));
  if (!(feature.sd > 0))
    return base::InvalidInput("a standard deviation of the logistic weights is not positive");
  return feature;
}

}  // namespace

std::string LogisticWeights::ToJson() const {
  Json list = Json::Array(std::vector<Json>{});
  for (const LogisticFeature& feature : features) {
    Json object;
    object.Set("name", feature.name);
    object.Set("mean", feature.mean);
    object.Set("sd", feature.sd);
    object.Set("weight", feature.weight);
    object.Set("missing_rate", feature.missing_rate);
    object.Set("missing_weight", feature.missing_weight);
    list.Add(std::move(object));
  }
  Json root;
  root.Set("format", kFormat);
  root.Set("intercept", intercept);
  root.Set("settings", settings);
  root.Set("features", std::move(list));
  return root.ToPrettyString();
}

Result<std::unique_ptr<Model>> LoadLogisticModel(std::string_view bytes) {
  Json root = TRY(base::ParseJson(bytes));
  if (root["format"].AsString() != kFormat) {
    return base::InvalidInput(format("the weights are not of the format '{}'", kFormat));
  }
  LogisticWeights weights;
  weights.intercept = TRY(RequireNumber(root, "intercept"));
  weights.settings = root["settings"];
  for (const Json& object : root["features"].items())
    weights.features.push_back(TRY(ReadFeature(object)));
  if (weights.features.empty()) return base::InvalidInput("the logistic weights have no feature");
  return std::unique_ptr<Model>(std::make_unique<LogisticModel>(std::move(weights), bytes));
}

}  // namespace codman::models
