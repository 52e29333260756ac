#include "training/judgement.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "evaluation/comparison.h"
#include "training/subgroup_levels_internal.h"

namespace codman::training {
namespace {

// How answers of an objective are judged and compared.
struct Judges {
  Result<Json> (*evaluate)(const evaluation::Predictions&, const evaluation::ReportOptions&);
  Result<Json> (*compare)(const evaluation::Predictions&, const std::vector<double>&,
                          const evaluation::ComparisonOptions&);
};

Judges JudgesOf(models::Objective objective) {
  if (objective == models::Objective::kRegression)
    return {evaluation::EvaluateRegression, evaluation::CompareRegression};
  if (objective == models::Objective::kMulticlass)
    return {evaluation::EvaluateMulticlass, evaluation::CompareMulticlass};
  return {evaluation::Evaluate, evaluation::CompareBinary};
}

// Told values a row.
size_t WidthOf(const registry::Target& target) {
  return target.objective == models::Objective::kMulticlass ? target.classes.size() : 1;
}

// What was told of the judged rows, and the truth.
evaluation::Predictions PredictionsOf(const JudgementInputs& in) {
  const auto& rows = in.offline->rows;
  evaluation::Predictions predictions;
  predictions.subject = Kept(rows.subject, in.judged);
  predictions.encounter = predictions.subject;
  predictions.time_us = Kept(rows.time_us, in.judged);
  bool multiclass = in.target.objective == models::Objective::kMulticlass;
  (multiclass ? predictions.class_probability : predictions.risk) =
      Kept(in.told.values, in.judged, WidthOf(in.target));
  predictions.lower = Kept(in.told.lower, in.judged);
  predictions.upper = Kept(in.told.upper, in.judged);
  predictions.label = Kept(rows.label, in.judged);
  return predictions;
}

}  // namespace

Result<Json> CompareWith(const JudgementInputs& in, const std::string& other,
                         const std::vector<double>& told) {
  evaluation::ComparisonOptions options{
      .other = other, .class_names = in.target.classes, .seed = in.task->seed};
  return JudgesOf(in.target.objective)
      .compare(PredictionsOf(in), Kept(told, in.judged, WidthOf(in.target)), options);
}

Result<Json> Judge(const JudgementInputs& in) {
  auto predictions = PredictionsOf(in);
  for (const auto* others : {&in.comparators, &in.models}) {
    for (const auto& [name, scores] : *others)
      predictions.comparators[name] = Kept(scores, in.judged, WidthOf(in.target));
  }
  predictions.subgroups = TRY(SubgroupsOfInputs(*in.offline, in.judged));
  if (in.subgroups != nullptr) {
    for (const auto& [name, levels] : *in.subgroups)
      predictions.subgroups[name] = Kept(levels, in.judged);
  }
  evaluation::ReportOptions options{
      .title = in.title,
      .threshold = in.threshold,
      .threshold_rule = in.threshold_rule,
      .horizon_hours = static_cast<double>(in.task->horizon_us) / double(base::kHourUs),
      .silence_hours = static_cast<double>(in.task->silence_us) / double(base::kHourUs),
      .physionet_utility = in.task->physionet_utility,
      .seed = in.task->seed,
      .class_names = in.target.classes,
      .unit = in.target.unit,
      .synthetic = in.synthetic,
      .context = in.context};
  Json report = TRY(JudgesOf(in.target.objective).evaluate(predictions, options));
  Json comparisons = Json::Array();
  for (const auto& [name, told] : in.models) comparisons.Add(TRY(CompareWith(in, name, told)));
  report.Set("comparisons", std::move(comparisons));
  return report;
}

Json CohortFlow(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& parts,
                const std::vector<std::string>& part_names) {
  Json flow = Json::Object();
  flow.Set("subjects", int64_t(rows.subjects.ids.size()));
  flow.Set("prediction_rows", rows.size());
  std::map<std::string, int64_t> excluded;
  std::vector<std::set<int32_t>> subjects(part_names.size());
  std::vector<int64_t> counts(part_names.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (rows.excluded[i] != feature_store::kIncluded) {
      ++excluded[rows.WhyExcluded(i)];
      continue;
    }
    subjects[parts[i]].insert(rows.subject[i]);
    ++counts[parts[i]];
  }
  Json left_out = Json::Object();
  for (const auto& [why, count] : excluded) left_out.Set(why, count);
  flow.Set("excluded", left_out);
  for (size_t k = 0; k < part_names.size(); ++k) {
    flow.Set(part_names[k],
             Json::Object({{"subjects", int64_t(subjects[k].size())}, {"rows", counts[k]}}));
  }
  return flow;
}

}  // namespace codman::training
