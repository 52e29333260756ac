#include "training/training_run.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "evaluation/leakage.h"
#include "evaluation/report.h"
#include "training/card.h"
#include "training/fit.h"
#include "training/judgement.h"
#include "training/leakage_facts.h"
#include "training/run_record.h"
#include "training/split.h"

namespace codman::training {
namespace {

using feature_store::OfflineMatrix;
using feature_store::PredictionRows;

// The run in progress: what later steps need from earlier ones.
struct Run {
  const TrainingPlace& place;
  const TrainingRequest& request;
  OfflineMatrix offline;
  std::shared_ptr<const features::Plan> plan;
  features::FeatureSet feature_set;
  std::vector<uint8_t> parts;
  FitRequest fit;

  void Tell(const std::string& stage, double done) const {
    if (place.progress) place.progress(request.variant->name + " " + stage, done);
  }
};

Result<Run> Prepare(const TrainingPlace& place, const TrainingRequest& request) {
  const auto* from = request.variant->FindSource(request.source->name);
  if (from == nullptr) {
    return base::NotFound(format("variant {} of task {} takes no rows from '{}'",
                                 request.variant->name, request.task->name, request.source->name));
  }
  auto set = TRY(features::FeatureSet::Load(
      format("{}/{}.yaml", place.features_folder, request.variant->feature_set), *place.concepts));
  auto plan = TRY(set.Compile(request.variant->blocks));
  Run run{place, request,        TRY(BuildMatrix(place, *request.task, *request.variant, *from)),
          plan,  std::move(set), {},
          {}};
  int64_t included = std::count(run.offline.rows.excluded.begin(), run.offline.rows.excluded.end(),
                                uint8_t(feature_store::kIncluded));
  if (included == 0) {
    return base::DataQuality(
        format("the source '{}' has no labelled prediction row in this home: ingest it first "
               "(codman ingest {} --input …)",
               request.source->name, request.source->name));
  }
  run.fit = {.learner = request.learner.empty() ? request.variant->learner : request.learner,
             .settings = request.variant->settings,
             .seed = request.task->seed};
  if (run.fit.learner != request.variant->learner)
    run.fit.settings = Json();  // settings belong to their learner
  return run;
}

// The clock alone: hours since admission and nothing else. What a model gains beyond it is about
// the patient. Empty where the rows know no hour.
Result<std::vector<double>> ClockOnly(const Run& run, const std::vector<uint8_t>& train) {
  const auto& all_hours = run.offline.rows.hours;
  if (std::all_of(all_hours.begin(), all_hours.end(), [](double h) { return std::isnan(h); }))
    return std::vector<double>{};
  columns::DenseMatrix hours({"hours_since_admission"}, run.offline.rows.hours);
  FitRequest request{
      .learner = "gbdt",
      .settings = Json::Object({{"trees", 60}, {"leaves", 15}, {"min_rows_per_leaf", 100}}),
      .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, &hours, train, run.offline.rows.label));
  return MarginsOf(*model, &hours, std::vector<uint8_t>(run.offline.rows.subject.size(), 1));
}

// The simple baseline: logistic regression on the contract features.
Result<std::vector<double>> Baseline(const Run& run, const std::vector<uint8_t>& train,
                                     const std::vector<uint8_t>& all) {
  std::vector<std::string> names;
  for (const auto& column : run.plan->columns()) {
    const auto& contract = run.plan->contract()[static_cast<size_t>(column.contract)];
    if (column.name == contract.id && !contract.process) names.push_back(column.name);
  }
  auto matrix = run.offline.Select(names);
  auto rows = TRY(LoadRows(matrix.get(), train));
  std::vector<uint8_t> every(static_cast<size_t>(rows.num_rows()), 1);
  FitRequest request{.learner = "logistic", .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, &rows, every, Kept(run.offline.rows.label, train)));
  return MarginsOf(*model, matrix.get(), all);
}

// The columns about care only, where the variant has such.
Result<std::vector<double>> ProcessOnly(const Run& run, const std::vector<uint8_t>& train,
                                        const std::vector<uint8_t>& all) {
  std::vector<std::string> names;
  for (const auto& column : run.plan->columns()) {
    bool counted = column.name.find("_count") != std::string::npos ||
                   column.name.find("_hours_since") != std::string::npos;
    if (counted || run.plan->contract()[static_cast<size_t>(column.contract)].process)
      names.push_back(column.name);
  }
  if (names.empty()) return std::vector<double>{};
  auto matrix = run.offline.Select(names);
  FitRequest request{.learner = "gbdt",
                     .settings = Json::Object({{"trees", 40},
                                               {"learning_rate", 0.1},
                                               {"max_bins", 63},
                                               {"min_rows_per_leaf", 200},
                                               {"feature_fraction", 0.3}}),
                     .seed = run.request.task->seed};
  auto model = TRY(FitOn(request, matrix.get(), train, run.offline.rows.label));
  return MarginsOf(*model, matrix.get(), all);
}

std::vector<double> RisksOf(const OperatingPoint& point, const std::vector<double>& margins) {
  std::vector<double> risks;
  risks.reserve(margins.size());
  for (double margin : margins)
    risks.push_back(std::isnan(margin) ? 0 : point.calibrator.Apply(margin));
  return risks;
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
  for (const auto& [name, value] : flow.members()) {
    if (value.is_object() && value.Find("subjects") != nullptr) {
      add(("Patients, " + name).c_str(),
          format("{} ({} rows)", value["subjects"].AsInt(), value["rows"].AsInt()));
    }
  }
  return context;
}

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
  Json conversions = Json::Array();
  for (const auto& k : c.conversions)
    conversions.Add(Json::Object({{"unit", k.unit}, {"factor", k.factor}, {"offset", k.offset}}));
  entry.Set("conversions", conversions);
  return entry;
}

// features.yaml of the model folder (JSON is YAML): the set as declared, which blocks are used, and
// the concepts behind all of it, so that the folder alone is enough to answer.
Result<Json> ResolvedFeatures(const Run& run) {
  Json concepts = Json::Array();
  auto whole = TRY(run.feature_set.Compile(run.feature_set.blocks()));
  for (int index : whole->concepts_used()) {
    concepts.Add(ConceptDocument((*run.place.concepts)[index]));
  }
  return Json::Object({{"feature_set", run.feature_set.document()},
                       {"blocks", Json::Array(run.request.variant->blocks)},
                       {"concepts", Json::Object({{"concepts", concepts}})},
                       {"columns", Json::Array(run.offline.columns)}});
}

struct Judged {
  std::unique_ptr<models::Model> model;
  std::vector<double> margins;
  OperatingPoint point;
  Json report, flow;
  std::vector<evaluation::Finding> findings;
};

Result<Judged> FitAndJudge(Run* run) {
  const auto& rows = run->offline.rows;
  run->parts = SplitRows(rows, *run->request.task, run->request.source->name);
  auto train = RowsIn(rows, run->parts, {kTrain}),
       all = RowsIn(rows, run->parts, {kTrain, kTuning, kHeldOut});
  auto tuning = RowsIn(rows, run->parts, {kTuning}),
       held_out = RowsIn(rows, run->parts, {kHeldOut});
  Judged judged;
  run->Tell("fit", 0.1);
  judged.model = TRY(FitOn(run->fit, run->offline.matrix.get(), train, rows.label));
  judged.margins = TRY(MarginsOf(*judged.model, run->offline.matrix.get(), all));
  judged.point = TRY(Tune(*run->request.task, rows, judged.margins, tuning));
  run->Tell("baselines", 0.4);
  auto clock = TRY(ClockOnly(*run, train));
  JudgementInputs in{.task = run->request.task, .offline = &run->offline, .judged = held_out};
  in.risks = RisksOf(judged.point, judged.margins);
  in.comparators = run->request.beside;
  if (!clock.empty()) in.comparators["clock_only"] = clock;
  in.comparators["logistic"] = TRY(Baseline(*run, train, all));
  auto process_only = TRY(ProcessOnly(*run, train, all));
  if (!process_only.empty()) in.comparators["process_only"] = process_only;
  in.threshold = judged.point.threshold;
  in.threshold_rule = judged.point.rule;
  in.title =
      format("{} / {}: held-out patients", run->request.task->name, run->request.variant->name);
  in.synthetic = run->request.source->synthetic;
  judged.flow = CohortFlow(rows, run->parts, {"train", "tuning", "held_out"});
  in.context = ContextRows(*run, judged.flow);
  run->Tell("judge", 0.6);
  judged.report = TRY(Judge(in));
  LeakageInputs leak{.task = run->request.task,
                     .variant = run->request.variant,
                     .offline = &run->offline,
                     .plan = run->plan.get(),
                     .concepts = run->place.concepts,
                     .parts = &run->parts,
                     .margins = &judged.margins,
                     .clock_margins = &clock,
                     .auroc = judged.report["discrimination"]["auroc"].AsDouble(),
                     .utility = judged.report["utility"]["value"].AsDouble(),
                     .synthetic = in.synthetic};
  run->Tell("leakage audit", 0.75);
  judged.findings = evaluation::AuditLeakage(TRY(GatherLeakageFacts(leak)));
  judged.report.Set("leakage", evaluation::ToJson(judged.findings));
  judged.report.Set("cohort_flow", judged.flow);
  return judged;
}

std::string BlockingFindings(const std::vector<evaluation::Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    if (finding.severity == evaluation::Severity::kBlock)
      text += format("\n  {}: {}", finding.check, finding.message);
  }
  return text;
}

Json MetricsOf(const Json& report) {
  Json metrics = Json::Object({{"auroc", report["discrimination"]["auroc"]},
                               {"auprc", report["discrimination"]["auprc"]},
                               {"calibration_slope", report["calibration"]["slope"]},
                               {"brier", report["brier"]["value"]}});
  if (!report["utility"].is_null()) metrics.Set("utility", report["utility"]["value"]);
  return metrics;
}

// Blocks of every variant that computes the same rows from the same set, in the set's order.
std::vector<std::string> SharedBlocks(const registry::Task& task,
                                      const registry::TaskVariant& variant,
                                      const registry::TaskSource& from,
                                      const features::FeatureSet& set) {
  std::set<std::string> wanted;
  for (const auto& other : task.variants) {
    const auto* same = other.FindSource(from.source);
    if (other.feature_set != variant.feature_set || same == nullptr) continue;
    if (same->hourly != from.hourly || same->label_concept != from.label_concept ||
        same->label_within_us != from.label_within_us || same->table != from.table ||
        same->label_column != from.label_column) {
      continue;
    }
    wanted.insert(other.blocks.begin(), other.blocks.end());
  }
  std::vector<std::string> blocks;
  for (const auto& name : set.blocks()) {
    if (wanted.count(name) != 0) blocks.push_back(name);
  }
  return blocks;
}

}  // namespace

Result<OfflineMatrix> BuildMatrix(const TrainingPlace& place, const registry::Task& task,
                                  const registry::TaskVariant& variant,
                                  const registry::TaskSource& from) {
  auto set = TRY(features::FeatureSet::Load(
      format("{}/{}.yaml", place.features_folder, variant.feature_set), *place.concepts));
  feature_store::RowRule rule{.source = from.source,
                              .times = from.hourly ? feature_store::PredictionTimes::kHourly
                                                   : feature_store::PredictionTimes::kSourceRows,
                              .label_concept = from.label_concept,
                              .horizon_us = from.label_within_us,
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

namespace {

// What the folder's manifest says of this run; the registry adds the hashes of the files.
Json ManifestOf(const Run& run, const models::Model& model, const OperatingPoint& point) {
  const auto& request = run.request;
  return Json::Object({{"learner", run.fit.learner},
                       {"weights", model.weights_file_name()},
                       {"threshold", point.threshold},
                       {"threshold_rule", point.rule},
                       {"seed", request.task->seed},
                       {"task_hash", request.task->hash},
                       {"source_hash", request.source->hash},
                       {"feature_set", run.feature_set.name()},
                       {"feature_set_hash", run.feature_set.hash()},
                       {"concepts_hash", run.place.concepts->hash()},
                       {"data_snapshot", run.offline.key},
                       {"blocks", Json::Array(request.variant->blocks)},
                       {"refitted", request.task->refit}});
}

Result<TrainingResult> TrainOnce(const TrainingPlace& place, const TrainingRequest& request) {
  int64_t began_us = base::MonotonicUs();
  Run run = TRY(Prepare(place, request));
  Judged judged = TRY(FitAndJudge(&run));
  if (evaluation::Blocks(judged.findings) && request.override_reason.empty()) {
    return base::DataQuality(format("the leakage audit refuses to register {}/{}:{}",
                                    request.task->name, request.variant->name,
                                    BlockingFindings(judged.findings)));
  }
  const auto& rows = run.offline.rows;
  OperatingPoint point = judged.point;
  if (request.task->refit) {
    run.Tell("refit", 0.85);
    auto learn = RowsIn(rows, run.parts, {kTrain, kHeldOut}),
         tuning = RowsIn(rows, run.parts, {kTuning});
    judged.model = TRY(FitOn(run.fit, run.offline.matrix.get(), learn, rows.label));
    point = TRY(Tune(*request.task, rows,
                     TRY(MarginsOf(*judged.model, run.offline.matrix.get(), tuning)), tuning));
  }
  registry::NewModel model{.task = request.task->name,
                           .variant = request.variant->name,
                           .source = request.source->name,
                           .actor = request.actor,
                           .synthetic = request.source->synthetic};
  model.metrics = MetricsOf(judged.report);
  model.parameters = judged.model->Describe();
  CardInputs card{.task = request.task,
                  .variant = request.variant,
                  .source = request.source->name,
                  .source_description = request.source->description,
                  .licence = request.source->licence,
                  .learner = run.fit.learner,
                  .actor = request.actor,
                  .created_at = base::FormatTime(base::NowUs()),
                  .override_reason = request.override_reason,
                  .synthetic = model.synthetic,
                  .refitted = request.task->refit,
                  .threshold = point.threshold,
                  .report = judged.report,
                  .flow = judged.flow,
                  .findings = evaluation::ToJson(judged.findings),
                  .parameters = model.parameters};
  model.files[judged.model->weights_file_name()] = judged.model->weights();
  model.files["calibration.json"] = point.calibrator.ToJson();
  model.files["features.yaml"] = TRY(ResolvedFeatures(run)).ToPrettyString();
  model.files["evaluation.json"] = judged.report.ToPrettyString();
  model.files["report.html"] = evaluation::RenderHtml(judged.report);
  model.files["card.md"] = WriteCard(card);
  model.files["training.log"] =
      format("{} rows, {} inputs, {} learner, {:.1f} s\n", rows.size(), run.offline.columns.size(),
             run.fit.learner, double(base::MonotonicUs() - began_us) * 1e-6);
  model.manifest = ManifestOf(run, *judged.model, point);
  TrainingResult result{.version = TRY(place.registry->Register(model)),
                        .report = std::move(judged.report),
                        .margins = std::move(judged.margins)};
  TRY(RecordLineage(place, request,
                    {.version = result.version.version,
                     .feature_set_hash = run.feature_set.hash(),
                     .rows = static_cast<int64_t>(rows.subject.size()),
                     .began_us = began_us}));
  run.Tell("registered", 1);
  return result;
}

}  // namespace

Result<TrainingResult> Train(const TrainingPlace& place, const TrainingRequest& request) {
  return RecordJob(place, request, [&] { return TrainOnce(place, request); });
}

namespace {

// The threshold for one fold, from the tuning predictions of all patients outside it: each was made
// by a model that had not learnt from that patient.
Result<double> ThresholdFor(const Run& run, const std::vector<double>& tuned, uint8_t judged_fold,
                            const std::vector<uint8_t>& all) {
  std::vector<uint8_t> others;
  for (uint8_t fold : all) {
    if (fold != judged_fold) others.push_back(fold);
  }
  auto outside = RowsIn(run.offline.rows, run.parts, others);
  return ThresholdOf(*run.request.task, run.offline.rows, tuned, outside);
}

}  // namespace

Result<Json> CrossValidate(const TrainingPlace& place, const TrainingRequest& request, int folds) {
  if (folds < 3 || folds > 50)
    return base::InvalidInput(
        "--folds must be from 3 to 50: one to judge, one to tune, the others to learn");
  Run run = TRY(Prepare(place, request));
  const auto& rows = run.offline.rows;
  run.parts = FoldRows(rows, *request.task, request.source->name, folds);
  std::vector<double> risks(rows.subject.size(), 0), clock(rows.subject.size(), 0), thresholds;
  std::vector<uint8_t> all(static_cast<size_t>(folds));
  for (int k = 0; k < folds; ++k) all[static_cast<size_t>(k)] = static_cast<uint8_t>(k);
  std::vector<OperatingPoint> points;
  std::vector<double> tuned(rows.subject.size(), 0);  // risks of rows when they were tuning rows
  std::vector<double> margins(rows.subject.size(), std::nan(""));
  for (int k = 0; k < folds; ++k) {
    auto judged_fold = static_cast<uint8_t>(k), tuning_fold = static_cast<uint8_t>((k + 1) % folds);
    std::vector<uint8_t> learn_folds;
    for (uint8_t other : all) {
      if (other != judged_fold && other != tuning_fold) learn_folds.push_back(other);
    }
    auto train = RowsIn(rows, run.parts, learn_folds),
         tuning = RowsIn(rows, run.parts, {tuning_fold});
    auto judged = RowsIn(rows, run.parts, {judged_fold}),
         wanted = RowsIn(rows, run.parts, {judged_fold, tuning_fold});
    auto model = TRY(FitOn(run.fit, run.offline.matrix.get(), train, rows.label));
    auto fold_margins = TRY(MarginsOf(*model, run.offline.matrix.get(), wanted));
    points.push_back(TRY(Tune(*request.task, rows, fold_margins, tuning)));
    for (size_t i = 0; i < tuning.size(); ++i) {
      if (tuning[i] != 0) tuned[i] = points.back().calibrator.Apply(fold_margins[i]);
    }
    auto fold_clock = TRY(ClockOnly(run, train));
    for (size_t i = 0; i < judged.size(); ++i) {
      if (judged[i] == 0) continue;
      margins[i] = fold_margins[i];
      if (!fold_clock.empty()) clock[i] = fold_clock[i];
    }
    if (fold_clock.empty()) clock.clear();
    run.Tell("folds", static_cast<double>(k + 1) / folds);
  }
  for (int k = 0; k < folds; ++k) {
    thresholds.push_back(TRY(ThresholdFor(run, tuned, static_cast<uint8_t>(k), all)));
    points[static_cast<size_t>(k)].threshold = thresholds.back();
  }
  // Folds have thresholds of their own. Shifting each fold's log-odds so that its threshold falls
  // on the common one keeps every alert decision and lets one number stand for the operating point.
  auto logit = [](double p) { return std::log(p / (1 - p)); };
  double common = 0;
  for (double threshold : thresholds) common += logit(threshold) / folds;
  JudgementInputs in{
      .task = request.task, .offline = &run.offline, .judged = RowsIn(rows, run.parts, all)};
  in.risks.resize(margins.size());
  for (size_t i = 0; i < margins.size(); ++i) {
    if (std::isnan(margins[i])) continue;
    const auto& point = points[run.parts[i]];
    in.risks[i] = models::Sigmoid(logit(point.calibrator.Apply(margins[i])) -
                                  logit(point.threshold) + common);
  }
  in.threshold = models::Sigmoid(common) * (1 - 1e-12);
  in.threshold_rule = points.front().rule + format(", chosen in each of {} folds", folds);
  if (!clock.empty()) in.comparators["clock_only"] = clock;
  in.title = format("{} / {}: {} folds by patient, out of fold", request.task->name,
                    request.variant->name, folds);
  in.synthetic = request.source->synthetic;
  std::vector<std::string> names;
  for (int k = 0; k < folds; ++k) names.push_back(format("fold {}", k + 1));
  Json flow = CohortFlow(rows, run.parts, names);
  in.context = ContextRows(run, flow);
  Json report = TRY(Judge(in));
  report.Set("cohort_flow", flow);
  return report;
}

}  // namespace codman::training
