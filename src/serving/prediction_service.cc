#include "serving/prediction_service.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/clock.h"
#include "base/text.h"

namespace codman::serving {
namespace {

using features::ContractFeature;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kTopReasons = 10;

// Reads one value of a request into the canonical unit, or says what is wrong with it.
double ReadValue(const ServedModel& model, const ContractFeature& feature, const Json& given,
                 std::vector<FieldError>* errors) {
  auto refuse = [&](std::string message) {
    errors->push_back({feature.id, std::move(message)});
    return kNaN;
  };
  for (const auto& [name, part] : given.members()) {
    if (name != "value" && name != "unit")
      return refuse(format("'{}' is not known here; give value and unit", name));
  }
  const Json& value = given.is_object() ? given["value"] : given;
  if (value.is_null()) return kNaN;
  if (!value.is_number()) return refuse("must be a number or null");
  double number = value.AsDouble();
  std::string unit =
      given.is_object() && given["unit"].is_string() ? given["unit"].AsString() : feature.unit;
  if (given.is_object() && given.Find("unit") != nullptr && !given["unit"].is_string())
    return refuse("'unit' must be a text");
  // A count or an age of a value has a unit of its own, which no conversion of the concept is for.
  bool measured =
      feature.concept_index >= 0 && (*model.concepts)[feature.concept_index].unit == feature.unit;
  if (measured) {
    const events::Concept& known = (*model.concepts)[feature.concept_index];
    auto checked = events::ToCanonical(known, number, unit);
    if (checked.reason == events::Reason::kUnknownUnit) {
      std::string units = known.unit;
      for (const auto& conversion : known.conversions) units += ", " + conversion.unit;
      return refuse(format("unit '{}' is not known for it; use one of: {}", unit, units));
    }
    if (checked.reason == events::Reason::kAmbiguousUnit) {
      return refuse(
          format("{} {} is probably in another unit; give it as {{\"value\": …, \"unit\": …}}",
                 number, unit));
    }
    number = checked.value;
  } else if (unit != feature.unit) {
    return refuse(format("unit '{}' is not known for it; use {}", unit, feature.unit));
  }
  if (number < feature.low || number > feature.high) {
    return refuse(format("is outside the plausible range {} to {} {}", feature.low, feature.high,
                         feature.unit));
  }
  return number;
}

std::vector<double> ReadFeatures(const ServedModel& model, const Json& features,
                                 std::vector<FieldError>* errors) {
  const auto& contract = model.plan->contract();
  std::vector<double> values(contract.size(), kNaN);
  if (!features.is_object()) {
    errors->push_back(
        {"features", "is missing: give an object of named values, {\"heart_rate\": 112, …}"});
    return values;
  }
  std::vector<std::string> ids;
  for (const auto& feature : contract) ids.push_back(feature.id);
  for (const auto& [id, given] : features.members()) {
    int index = model.plan->FindContract(id);
    if (index < 0) {
      std::string nearest = base::NearestWord(id, ids);
      errors->push_back(
          {id, nearest.empty()
                   ? "is not a feature of this task"
                   : format("is not a feature of this task; did you mean '{}'?", nearest)});
      continue;
    }
    auto at = static_cast<size_t>(index);
    values[at] = ReadValue(model, contract[at], given, errors);
  }
  return values;
}

double Sigmoid(double margin) { return models::Sigmoid(margin); }

// Contributions by contract feature: the sum over its inputs.
struct Reasons {
  std::vector<double> by_feature;
  std::vector<size_t> order;  // largest first
  double base = 0;
};

Reasons ReasonsOf(const ServedModel& model, const std::vector<double>& vector) {
  size_t width = vector.size();
  std::vector<double> contributions(width + 1);
  model.loaded.model->Explain(vector, contributions);
  Reasons reasons;
  reasons.base = contributions[width];
  reasons.by_feature.assign(model.plan->contract().size(), 0);
  for (size_t k = 0; k < width; ++k)
    reasons.by_feature[static_cast<size_t>(model.contract_of[k])] += contributions[k];
  reasons.order.resize(reasons.by_feature.size());
  std::iota(reasons.order.begin(), reasons.order.end(), size_t{0});
  std::stable_sort(reasons.order.begin(), reasons.order.end(), [&](size_t a, size_t b) {
    return std::fabs(reasons.by_feature[a]) > std::fabs(reasons.by_feature[b]);
  });
  return reasons;
}

// Margin space and, beside it, the waterfall in probability space (ml.md 7): each bar is the change
// of σ(margin) as margins accumulate from the base in displayed order; calibration is the last bar.
Json Explanation(const ServedModel& model, const std::vector<double>& vector,
                 const std::vector<double>& shown, double margin, double risk, Explain explain) {
  Reasons reasons = ReasonsOf(model, vector);
  size_t count =
      explain == Explain::kAll ? reasons.order.size() : std::min(kTopReasons, reasons.order.size());
  Json contributions = Json::Array(), bars = Json::Array();
  double reached = reasons.base, rest = 0;
  for (size_t i = 0; i < reasons.order.size(); ++i) {
    size_t k = reasons.order[i];
    double contribution = reasons.by_feature[k];
    if (i >= count) {
      rest += contribution;
      continue;
    }
    const auto& feature = model.plan->contract()[k];
    Json entry = Json::Object({{"feature", feature.id},
                               {"label", feature.label},
                               {"value", shown[k]},
                               {"unit", feature.unit}});
    if (std::isnan(shown[k])) entry.Set("value", Json());
    Json bar = entry;
    bar.Set("change", Sigmoid(reached + contribution) - Sigmoid(reached));
    bars.Add(std::move(bar));
    entry.Set("contribution", contribution);
    contributions.Add(std::move(entry));
    reached += contribution;
  }
  Json probability = Json::Object({{"base", Sigmoid(reasons.base)},
                                   {"bars", bars},
                                   {"rest", Sigmoid(margin) - Sigmoid(reached)},
                                   {"calibration", risk - Sigmoid(margin)},
                                   {"risk", risk}});
  return Json::Object({{"method", model.loaded.model->explanation_method().name},
                       {"base", reasons.base},
                       {"contributions", contributions},
                       {"rest", rest},
                       {"probability", probability}});
}

}  // namespace

Result<std::shared_ptr<const ServedModel>> Prepare(registry::LoadedModel loaded) {
  auto served = std::make_shared<ServedModel>();
  auto concepts =
      TRY(events::Concepts::FromDocuments({{"features.yaml", loaded.features["concepts"]}}));
  served->concepts = std::make_shared<const events::Concepts>(std::move(concepts));
  auto set = TRY(features::FeatureSet::FromDocument("features.yaml", loaded.features["feature_set"],
                                                    *served->concepts));
  std::vector<std::string> blocks;
  for (const auto& block : loaded.features["blocks"].items()) blocks.push_back(block.AsString());
  served->plan = TRY(set.Compile(blocks));
  for (const auto& column : served->plan->columns()) served->contract_of.push_back(column.contract);
  if (served->plan->column_names() != loaded.model->feature_names()) {
    return base::DataQuality(
        format("model {} {} does not take the columns that its features.yaml gives; train it again "
               "with this version",
               loaded.version.task, loaded.version.version));
  }
  served->loaded = std::move(loaded);
  return std::shared_ptr<const ServedModel>(std::move(served));
}

double MarginOf(const ServedModel& model, const std::vector<double>& vector) {
  double margin = 0;
  model.loaded.model->Predict(vector, {&margin, 1});
  return margin;
}

const char* BandOf(double risk, double threshold) {
  if (risk >= 2.5 * threshold) return "critical";
  if (risk >= threshold) return "high";
  return risk >= 0.5 * threshold ? "moderate" : "low";
}

Prediction Predict(const ServedModel& model, const registry::Task& task, const Json& features,
                   Explain explain) {
  Prediction prediction;
  auto values = ReadFeatures(model, features, &prediction.errors);
  if (!prediction.errors.empty()) return prediction;
  prediction.vector.resize(model.plan->columns().size());
  model.plan->ComputeFromForm(values, prediction.vector);
  // What is shown beside a reason is the contract feature's own column, derived ones included.
  std::vector<double> shown = values;
  for (size_t k = 0; k < model.contract_of.size(); ++k) {
    auto at = static_cast<size_t>(model.contract_of[k]);
    if (model.plan->columns()[k].name == model.plan->contract()[at].id)
      shown[at] = prediction.vector[k];
  }
  double margin = MarginOf(model, prediction.vector);
  double risk = model.loaded.calibrator.Apply(margin), threshold = model.loaded.threshold;
  const auto& version = model.loaded.version;
  Json missing = Json::Array(), warnings = Json::Array();
  for (size_t k = 0; k < values.size(); ++k) {
    if (std::isnan(shown[k])) missing.Add(model.plan->contract()[k].id);
  }
  if (version.synthetic)
    warnings.Add("trained on synthetic data: the number carries no claim of accuracy");
  warnings.Add("computed from a form without history: values over time are missing");
  if (missing.size() * 2 > values.size())
    warnings.Add("more than half of the features are missing");
  prediction.answer = Json::Object({{"task", task.name},
                                    {"variant", version.variant},
                                    {"risk", risk},
                                    {"margin", margin},
                                    {"band", BandOf(risk, threshold)},
                                    {"threshold", threshold},
                                    {"alert", risk >= threshold},
                                    {"model", Json::Object({{"version", version.version},
                                                            {"trained_on", version.source},
                                                            {"synthetic", version.synthetic}})},
                                    {"feature_set", model.loaded.manifest["feature_set"]}});
  if (explain != Explain::kNone) {
    prediction.answer.Set("explanation",
                          Explanation(model, prediction.vector, shown, margin, risk, explain));
  }
  prediction.answer.Set("missing", missing).Set("warnings", warnings);
  prediction.answer.Set("horizon_hours", double(task.horizon_us) / double(base::kHourUs));
  return prediction;
}

Result<> PredictionService::Refresh() {
  std::map<std::string, std::shared_ptr<const ServedModel>> live;
  for (const auto& task : *tasks_) {
    for (const auto& variant : task.variants) {
      auto champion = TRY(registry_->Champion(task.name, variant.name));
      if (champion)
        live[task.name + "/" + variant.name] = TRY(Version(task.name, champion->version));
    }
  }
  std::lock_guard lock(mutex_);
  live_ = std::move(live);
  return {};
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Live(
    const registry::Task& task, const std::string& variant) const {
  std::string wanted = variant.empty() ? task.live : variant;
  TRY(task.FindVariant(wanted));
  std::lock_guard lock(mutex_);
  auto found = live_.find(task.name + "/" + wanted);
  if (found == live_.end()) {
    return base::NotFound(
        format("task {} has no live model of the variant '{}'; train one: codman train {} "
               "--activate --reason …",
               task.name, wanted, task.name));
  }
  return found->second;
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Version(const std::string& task,
                                                                      const std::string& version) {
  {
    std::lock_guard lock(mutex_);
    auto found = versions_.find(task + "/" + version);
    if (found != versions_.end()) return found->second;
  }
  auto loaded = TRY(registry_->Load(TRY(registry_->Get(task, version))));
  auto served = TRY(Prepare(std::move(loaded)));
  std::lock_guard lock(mutex_);
  versions_[task + "/" + version] = served;
  return served;
}

}  // namespace codman::serving
