#include <algorithm>
#include <set>

#include "base/text.h"
#include "feature_store/cached_matrix.h"
#include "training/run_internal.h"

namespace codman::training {
namespace {

// Blocks of every variant that computes the same rows from the same set, in the set's order.
std::vector<std::string> SharedBlocks(const registry::Task& task,
                                      const registry::TaskVariant& variant,
                                      const registry::TaskSource& from,
                                      const features::FeatureSet& set) {
  std::set<std::string> wanted;
  for (const auto& other : task.variants) {
    const auto* same = other.FindSource(from.source);
    if (other.feature_set != variant.feature_set || same == nullptr || !same->SameRows(from))
      continue;
    wanted.insert(other.blocks.begin(), other.blocks.end());
  }
  std::vector<std::string> blocks;
  for (const auto& name : set.blocks()) {
    if (wanted.count(name) != 0) blocks.push_back(name);
  }
  return blocks;
}

}  // namespace

Result<feature_store::OfflineMatrix> BuildMatrix(const TrainingPlace& place,
                                                 const registry::Task& task,
                                                 const registry::TaskVariant& variant,
                                                 const registry::TaskSource& from) {
  auto set = TRY(features::FeatureSet::Load(
      format("{}/{}.yaml", place.features_folder, variant.feature_set), *place.concepts));
  feature_store::RowRule rule{.source = from.source,
                              .times = from.hourly ? feature_store::PredictionTimes::kHourly
                                                   : feature_store::PredictionTimes::kSourceRows,
                              .label_concept = from.label_concept,
                              .horizon_us = from.label_within_us,
                              .label_table = from.label_table,
                              .cohort = from.cohort,
                              .table = from.table,
                              .label_column = from.label_column,
                              .classes = variant.target.classes};
  feature_store::OfflineOptions options{.root = place.matrix_root,
                                        .temp_folder = place.temp_folder};
  auto progress = [&](double done) {
    if (place.progress) place.progress(variant.name + " features", done);
  };
  auto offline = TRY(feature_store::BuildOfflineMatrix(place.engine, place.lake, *place.concepts,
                                                       set, SharedBlocks(task, variant, from, set),
                                                       rule, options, progress));
  offline.columns = TRY(set.Compile(variant.blocks))->column_names();
  offline.matrix = offline.Select(offline.columns);
  return offline;
}

Result<Run> Prepare(const TrainingPlace& place, const TrainingRequest& request) {
  const auto* from = request.variant->FindSource(request.source->name);
  if (from == nullptr) {
    return base::NotFound(format("variant {} of task {} takes no rows from '{}'",
                                 request.variant->name, request.task->name, request.source->name));
  }
  auto set = TRY(features::FeatureSet::Load(
      format("{}/{}.yaml", place.features_folder, request.variant->feature_set), *place.concepts));
  auto plan = TRY(set.Compile(request.variant->blocks));
  Run run{place, request, TRY(BuildMatrix(place, *request.task, *request.variant, *from)), plan,
          std::move(set)};
  int64_t included = std::count(run.offline.rows.excluded.begin(), run.offline.rows.excluded.end(),
                                uint8_t(feature_store::kIncluded));
  if (included == 0) {
    return base::DataQuality(
        format("the source '{}' has no labelled prediction row in this home: ingest it first "
               "(codman ingest {} --input …)",
               request.source->name, request.source->name));
  }
  run.offline.matrix = feature_store::Cached(std::move(run.offline.matrix), place.temp_folder);
  run.subgroups = TRY(DeclaredSubgroups(place, *from, run.offline.rows));
  run.fit = {.learner = request.learner.empty() ? request.variant->learner : request.learner,
             .settings = request.variant->settings,
             .target = request.variant->target,
             .seed = request.task->seed};
  run.lesson = TRY(LessonOf(*request.variant, run.offline.rows));
  if (run.fit.learner != request.variant->learner)
    run.fit.settings = Json();  // settings belong to their learner
  return run;
}

std::map<std::string, std::vector<double>> ToldBeside(const Run& run) {
  const auto& request = run.request;
  std::map<std::string, std::vector<double>> told;
  for (const auto& other : request.task->variants) {
    const auto found = request.beside.find(other.name);
    if (found == request.beside.end() || !other.AsksTheSame(*request.variant, request.source->name))
      continue;
    told.insert(*found);
  }
  return told;
}

Json ContextRows(const Run& run, const Json& flow) {
  Json context = Json::Array();
  auto add = [&](const char* label, const std::string& text) {
    context.Add(Json::Object({{"label", label}, {"text", text}}));
  };
  const auto& request = run.request;
  add("Question", request.task->question);
  add("Source",
      request.source->name +
          (request.source->description.empty() ? "" : ": " + request.source->description));
  add("Variant", format("{} ({})", request.variant->name, request.variant->description));
  add("Features", format("{}: {} contract features, {} model inputs", run.feature_set.name(),
                         run.plan->contract().size(), run.offline.columns.size()));
  add("Learner", run.fit.learner);
  if (request.variant->learns_utility)
    add("Learns", "what an alert gains by the PhysioNet 2019 utility; calibrated to the label");
  for (const auto& note : run.offline.rows.notes) add("Data", note);
  for (const auto& [name, value] : flow.members()) {
    if (value.is_object() && value.Find("subjects") != nullptr) {
      add(("Patients, " + name).c_str(),
          format("{} ({} rows)", value["subjects"].AsInt(), value["rows"].AsInt()));
    }
  }
  for (const auto& [why, rows] : flow["excluded"].members())
    add(("Left out, " + why).c_str(), format("{} rows", rows.AsInt()));
  return context;
}

}  // namespace codman::training
