#include "models/linear_model.h"

#include <cmath>
#include <utility>

#include "base/text.h"

namespace codman::models {
namespace {

std::string FormatOf(std::string_view family) { return format("codman-{}-1", family); }

double ContributionOf(const LinearFeature& feature, size_t output, double x) {
  double missing_weight = feature.missing_weights[output];
  if (std::isnan(x)) return missing_weight * (1 - feature.missing_rate);
  return feature.weights[output] * ((x - feature.mean) / feature.sd) -
         missing_weight * feature.missing_rate;
}

class LinearModel : public Model {
 public:
  LinearModel(LinearWeights weights, std::string_view bytes)
      : weights_(std::move(weights)), bytes_(bytes) {
    for (const LinearFeature& feature : weights_.features) names_.push_back(feature.name);
  }

  std::string_view family() const override { return weights_.family; }
  Objective objective() const override {
    if (weights_.family == "linear") return Objective::kRegression;
    return num_outputs() == 1 ? Objective::kBinary : Objective::kMulticlass;
  }
  const std::vector<std::string>& feature_names() const override { return names_; }
  int num_outputs() const override { return static_cast<int>(weights_.intercepts.size()); }
  ExplanationMethod explanation_method() const override { return {"linear_exact", true}; }

  void Predict(std::span<const double> rows, std::span<double> margins) const override {
    size_t outputs = weights_.intercepts.size();
    CHECK(rows.size() * outputs == margins.size() * names_.size());
    for (size_t i = 0; i < margins.size(); ++i) {
      const double* x = rows.data() + i / outputs * names_.size();
      double margin = weights_.intercepts[i % outputs];
      for (const LinearFeature& feature : weights_.features)
        margin += ContributionOf(feature, i % outputs, *x++);
      margins[i] = margin;
    }
  }

  void Explain(std::span<const double> rows, std::span<double> contributions) const override {
    size_t outputs = weights_.intercepts.size();
    size_t num_lines = contributions.size() / (names_.size() + 1);
    CHECK(contributions.size() == num_lines * (names_.size() + 1) &&
          rows.size() * outputs == num_lines * names_.size());
    double* out = contributions.data();
    for (size_t i = 0; i < num_lines; ++i) {
      const double* x = rows.data() + i / outputs * names_.size();
      for (const LinearFeature& feature : weights_.features)
        *out++ = ContributionOf(feature, i % outputs, *x++);
      *out++ = weights_.intercepts[i % outputs];
    }
  }

  std::string weights_file_name() const override { return "weights.json"; }
  const std::string& weights() const override { return bytes_; }

  Json Describe() const override {
    auto coefficients = static_cast<int64_t>(weights_.intercepts.size());
    for (const LinearFeature& feature : weights_.features) {
      for (double weight : feature.weights) coefficients += weight != 0 ? 1 : 0;
      for (double weight : feature.missing_weights) coefficients += weight != 0 ? 1 : 0;
    }
    Json description;
    description.Set("coefficients", coefficients);
    description.Set("features", static_cast<int64_t>(names_.size()));
    description.Set("settings", weights_.settings);
    return description;
  }

 private:
  LinearWeights weights_;
  std::vector<std::string> names_;
  std::string bytes_;
};

Error NotANumber(const char* name) {
  return base::InvalidInput(format("'{}' of the weights is not a number", name));
}

Result<double> RequireNumber(const Json& object, const char* name) {
  const Json& value = object[name];
  if (!value.is_number() || !std::isfinite(value.AsDouble())) return NotANumber(name);
  return value.AsDouble();
}

// A number or, for several outputs, a list.
Result<std::vector<double>> RequireOutputs(const Json& object, const char* name) {
  const Json& value = object[name];
  if (!value.is_array()) return std::vector<double>{TRY(RequireNumber(object, name))};
  std::vector<double> numbers;
  for (const Json& item : value.items()) {
    if (!item.is_number() || !std::isfinite(item.AsDouble())) return NotANumber(name);
    numbers.push_back(item.AsDouble());
  }
  return numbers;
}

Result<LinearFeature> ReadFeature(const Json& object, size_t outputs) {
  LinearFeature feature;
  if (!object["name"].is_string())
    return base::InvalidInput("a feature of the weights has no name");
  feature.name = object["name"].AsString();
  feature.mean = TRY(RequireNumber(object, "mean"));
  feature.sd = TRY(RequireNumber(object, "sd"));
  feature.weights = TRY(RequireOutputs(object, "weight"));
  feature.missing_rate = TRY(RequireNumber(object, "missing_rate"));
  feature.missing_weights = TRY(RequireOutputs(object, "missing_weight"));
  if (!(feature.sd > 0))
    return base::InvalidInput("a standard deviation of the weights is not positive");
  if (feature.weights.size() != outputs || feature.missing_weights.size() != outputs)
    return base::InvalidInput("a feature of the weights has not a weight for every output");
  return feature;
}

Json OutputsToJson(const std::vector<double>& outputs) {
  return outputs.size() == 1 ? Json(outputs[0]) : Json::Array(outputs);
}

}  // namespace

std::string LinearWeights::ToJson() const {
  Json list = Json::Array(std::vector<Json>{});
  for (const LinearFeature& feature : features) {
    Json object;
    object.Set("name", feature.name);
    object.Set("mean", feature.mean);
    object.Set("sd", feature.sd);
    object.Set("weight", OutputsToJson(feature.weights));
    object.Set("missing_rate", feature.missing_rate);
    object.Set("missing_weight", OutputsToJson(feature.missing_weights));
    list.Add(std::move(object));
  }
  Json root;
  root.Set("format", FormatOf(family));
  root.Set("intercept", OutputsToJson(intercepts));
  root.Set("settings", settings);
  root.Set("features", std::move(list));
  return root.ToPrettyString();
}

Result<std::unique_ptr<Model>> LoadLinearModel(std::string_view family, std::string_view bytes) {
  Json root = TRY(base::ParseJson(bytes));
  if (root["format"].AsString() != FormatOf(family)) {
    return base::InvalidInput(format("the weights are not of the format '{}'", FormatOf(family)));
  }
  LinearWeights weights;
  weights.family = family;
  weights.intercepts = TRY(RequireOutputs(root, "intercept"));
  bool list = root["intercept"].is_array();
  size_t outputs = weights.intercepts.size();
  if (list && (outputs < 2 || outputs > kMaxClasses || family == "linear"))
    return base::InvalidInput("the weights have another number of outputs than their family takes");
  weights.settings = root["settings"];
  for (const Json& object : root["features"].items())
    weights.features.push_back(TRY(ReadFeature(object, outputs)));
  if (weights.features.empty()) return base::InvalidInput("the weights have no feature");
  return std::unique_ptr<Model>(std::make_unique<LinearModel>(std::move(weights), bytes));
}

}  // namespace codman::models
