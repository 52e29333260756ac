#include <algorithm>

#include "training/resolved_features_internal.h"

namespace codman::training {
namespace {

// Everything of a concept that a loaded model needs to convert and check a form's values.
Json ConceptDocument(const events::Concept& c) {
  Json entry = Json::Object(
      {{"name", c.name},
       {"label", c.label},
       {"group", c.group},
       {"codes", Json::Array(c.codes)},
       {"unit", c.unit},
       {"range", Json::Array(std::vector<double>{c.low, c.high})},
       {"reference", Json::Array(std::vector<double>{c.reference_low, c.reference_high})}});
  if (c.top_code) entry.Set("top_code", *c.top_code);
  if (c.ambiguous)
    entry.Set("ambiguous",
              Json::Array(std::vector<double>{c.ambiguous->first, c.ambiguous->second}));
  if (c.worst != events::Worst::kNone)
    entry.Set("worst", c.worst == events::Worst::kHigh ? "high" : "low");
  if (!c.words.empty()) entry.Set("words", Json::Array(c.words));
  Json conversions = Json::Array();
  for (const auto& k : c.conversions)
    conversions.Add(Json::Object({{"unit", k.unit}, {"factor", k.factor}, {"offset", k.offset}}));
  entry.Set("conversions", conversions);
  return entry;
}

// The pairs of drug classes that the set's concepts know: a score may count them.
Json Interactions(const events::Concepts& concepts, const std::vector<int>& used) {
  Json pairs = Json::Array();
  auto is_used = [&](int index) { return std::count(used.begin(), used.end(), index) > 0; };
  for (const auto& pair : concepts.interactions()) {
    if (!is_used(pair.first) || !is_used(pair.second)) continue;
    std::vector<std::string> names = {concepts[pair.first].name, concepts[pair.second].name};
    pairs.Add(Json::Object({{"between", Json::Array(names)}, {"harm", pair.harm}}));
  }
  return pairs;
}

}  // namespace

Result<Json> ResolvedFeatures(const Run& run) {
  Json concepts = Json::Array();
  auto whole = TRY(run.feature_set.Compile(run.feature_set.blocks()));
  for (int index : whole->concepts_used()) {
    concepts.Add(ConceptDocument((*run.place.concepts)[index]));
  }
  Json document = Json::Object({{"concepts", concepts}});
  if (Json pairs = Interactions(*run.place.concepts, whole->concepts_used()); pairs.size() > 0)
    document.Set("interactions", std::move(pairs));
  return Json::Object({{"feature_set", run.feature_set.document()},
                       {"blocks", Json::Array(run.request.variant->blocks)},
                       {"concepts", std::move(document)},
                       {"columns", Json::Array(run.offline.columns)}});
}

}  // namespace codman::training
