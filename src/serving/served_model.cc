#include "serving/served_model.h"

#include <algorithm>

#include "base/text.h"

namespace codman::serving {
namespace {

FeatureForm FormOf(const features::ContractFeature& feature, const events::Concepts& concepts) {
  FeatureForm form;
  base::AppendJsonString(&form.quoted_id, feature.id);
  form.low = feature.low;
  form.high = feature.high;
  // A count or an age of a value has a unit of its own, which no rule of the concept is for.
  bool measured =
      feature.concept_index >= 0 && concepts[feature.concept_index].unit == feature.unit;
  if (measured) {
    const events::Concept& known = concepts[feature.concept_index];
    form.low = std::max(form.low, known.low);
    bool coded =
        known.top_code && *known.top_code >= feature.low && *known.top_code <= feature.high;
    if (coded) form.top_code = *known.top_code;
    form.high = coded ? known.high : std::min(form.high, known.top_code.value_or(known.high));
    if (known.ambiguous) std::tie(form.doubtful_low, form.doubtful_high) = *known.ambiguous;
  }
  for (const auto& word : feature.words)
    base::AppendJsonString(&form.quoted_words.emplace_back(), word);
  if (!feature.levels.empty()) {  // given as texts, which are no plain numbers
    form.doubtful_low = feature.low;
    form.doubtful_high = feature.high;
  }
  std::string label, unit;
  base::AppendJsonString(&label, feature.label);
  base::AppendJsonString(&unit, feature.unit);
  form.before_value = format(R"({{"feature":{},"label":{},"value":)", form.quoted_id, label);
  form.after_value = format(R"(,"unit":{},)", unit);
  return form;
}

void WriteConstantParts(double horizon_hours, ServedModel* model) {
  const auto& version = model->loaded.version;
  auto text = [](const Json& json) { return json.ToString(); };
  model->before_headline =
      format(R"(","task":{},"variant":{},)", text(version.task), text(version.variant));
  model->before_interval =
      format(R"(,"unit":{},"interval":)", text(model->loaded.manifest["unit"].AsString()));
  model->before_threshold = format(R"(","threshold":{},"alert":)", text(model->loaded.threshold));
  model->before_model =
      format(R"(,"model":{{"version":{},"trained_on":{},"synthetic":{}}},"feature_set":{},)",
             text(version.version), text(version.source), text(version.synthetic),
             text(model->loaded.manifest["feature_set"]));
  model->before_explanation =
      format(R"("explanation":{{"method":{},"base":)",
             text(std::string(model->loaded.model->explanation_method().name)));
  model->after_warnings = format(R"(,"horizon_hours":{},"predicted_at":")", text(horizon_hours));
  std::vector<std::string> warnings;
  if (version.synthetic)
    warnings.push_back("trained on synthetic data: the number carries no claim of accuracy");
  if (model->plan->NeedsHistory()) {
    std::string warning = "computed from a form without history: values over time are missing";
    if (const Json* auroc = version.metrics.Find("form_only_auroc"))
      warning += format("; on held-out patients it reached AUROC {:.3f} so, {:.3f} with history",
                        auroc->AsDouble(), version.metrics["auroc"].AsDouble());
    warnings.push_back(std::move(warning));
  }
  model->warnings.push_back(text(Json::Array(warnings)));
  warnings.push_back("more than half of the features are missing");
  model->warnings.push_back(text(Json::Array(warnings)));
  model->object = format("model {} {}", version.task, version.version);
  for (int band = 0; band < kNumBands; ++band) {
    model->answered.push_back(
        base::GetCounter("codman_predictions_total", {{"task", version.task},
                                                      {"version", version.version},
                                                      {"band", NameOf(static_cast<Band>(band))}}));
  }
}

}  // namespace

Band BandAt(double risk, double threshold) {
  if (risk >= 2.5 * threshold) return Band::kCritical;
  if (risk >= threshold) return Band::kHigh;
  return risk >= 0.5 * threshold ? Band::kModerate : Band::kLow;
}

const char* NameOf(Band band) {
  static constexpr const char* kNames[kNumBands] = {"low", "moderate", "high", "critical"};
  return kNames[static_cast<int>(band)];
}

Result<std::shared_ptr<const ServedModel>> Prepare(registry::LoadedModel loaded,
                                                   double horizon_hours) {
  auto served = std::make_shared<ServedModel>();
  auto concepts =
      TRY(events::Concepts::FromDocuments({{"features.yaml", loaded.features["concepts"]}}));
  served->concepts = std::make_shared<const events::Concepts>(std::move(concepts));
  auto set = TRY(features::FeatureSet::FromDocument("features.yaml", loaded.features["feature_set"],
                                                    *served->concepts));
  std::vector<std::string> blocks;
  for (const auto& block : loaded.features["blocks"].items()) blocks.push_back(block.AsString());
  served->plan = TRY(set.Compile(blocks));
  const auto& columns = served->plan->columns();
  const auto& contract = served->plan->contract();
  for (const auto& feature : contract)
    served->features.push_back(FormOf(feature, *served->concepts));
  for (size_t k = 0; k < columns.size(); ++k) {
    auto at = static_cast<size_t>(columns[k].contract);
    served->contract_of.push_back(columns[k].contract);
    if (columns[k].name == contract[at].id) served->features[at].own_column = static_cast<int>(k);
  }
  if (served->plan->column_names() != loaded.model->feature_names()) {
    return base::DataQuality(
        format("model {} {} does not take the columns that its features.yaml gives; train it again "
               "with this version",
               loaded.version.task, loaded.version.version));
  }
  served->loaded = std::move(loaded);
  served->is_binary = served->loaded.model->objective() == models::Objective::kBinary;
  for (const auto& name : served->loaded.manifest["classes"].items())
    served->quoted_classes.push_back(name.ToString());
  WriteConstantParts(horizon_hours, served.get());
  return std::shared_ptr<const ServedModel>(std::move(served));
}

}  // namespace codman::serving
