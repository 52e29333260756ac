#include "training/training_run.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "evaluation/leakage.h"
#include "evaluation/report.h"
#include "training/baselines_internal.h"
#include "training/card.h"
#include "training/fit.h"
#include "training/held_out_look_internal.h"
#include "training/importance_internal.h"
#include "training/judgement.h"
#include "training/leakage_facts.h"
#include "training/resolved_features_internal.h"
#include "training/run_internal.h"
#include "training/run_record.h"
#include "training/sample_forms_internal.h"
#include "training/search_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

struct Judged {
  std::unique_ptr<models::Model> model;
  std::vector<double> margins;
  std::vector<double> told;  // of all rows, as Told::values
  OperatingPoint point;
  Json report, flow;
  std::vector<evaluation::Finding> findings;
};

// Simpler models and scores, fitted on the same train rows, for the report.
Result<> AddOthers(const Run& run, const std::vector<uint8_t>& train,
                   const std::vector<uint8_t>& all, const std::vector<double>& clock,
                   JudgementInputs* in) {
  in->models = ToldBeside(run);
  if (!clock.empty()) in->comparators["clock_only"] = clock;
  in->models[NameOfBaseline(run)] = TRY(Baseline(run, train, all));
  if (auto scores = TRY(EarlyWarningScore(run)); !scores.empty()) in->comparators["news"] = scores;
  TRY(AddDeclaredComparator(run, &in->comparators));
  auto process_only = TRY(ProcessOnly(run, train, all));
  if (!process_only.empty()) in->comparators["process_only"] = process_only;
  return {};
}

Result<Judged> FitAndJudge(Run* run) {
  const auto& rows = run->offline.rows;
  run->parts = SplitRows(rows, *run->request.task, run->request.source->name);
  auto train = RowsIn(rows, run->parts, {kTrain}),
       all = RowsIn(rows, run->parts, {kTrain, kTuning, kHeldOut});
  auto tuning = RowsIn(rows, run->parts, {kTuning}),
       held_out = RowsIn(rows, run->parts, {kHeldOut});
  Judged judged;
  auto found = TRY(SearchSettings(*run, train));
  run->fit.settings = found.settings;
  run->Tell("fit", 0.1);
  judged.model = TRY(
      FitOn(run->fit, run->offline.matrix.get(), train, run->lesson.labels, run->lesson.weights));
  judged.margins = TRY(MarginsOf(*judged.model, run->offline.matrix.get(), all));
  judged.point = TRY(Tune(*run->request.task, run->target(), rows, judged.margins, tuning));
  run->Tell("baselines", 0.4);
  auto clock = TRY(ClockOnly(*run, train));
  JudgementInputs in{.task = run->request.task,
                     .target = run->target(),
                     .offline = &run->offline,
                     .judged = held_out,
                     .told = Tell(run->target(), judged.point.calibration, judged.margins)};
  in.subgroups = &run->subgroups;
  TRY(AddOthers(*run, train, all, clock, &in));
  auto form_only = TRY(FormOnly(*run, *judged.model, held_out));
  if (!form_only.empty()) in.comparators["form_only"] = form_only;
  in.threshold = judged.point.threshold;
  in.threshold_rule = judged.point.rule;
  in.title =
      format("{} / {}: held-out patients", run->request.task->name, run->request.variant->name);
  in.synthetic = run->request.source->synthetic;
  judged.flow = CohortFlow(rows, run->parts, {"train", "tuning", "held_out"});
  in.context = ContextRows(*run, judged.flow);
  int64_t look = TRY(CountLook(*run));
  run->Tell("judge", 0.6);
  judged.report = TRY(Judge(in));
  TellLook(look, &judged.report);
  judged.told = std::move(in.told.values);
  LeakageInputs leak{.task = run->request.task,
                     .variant = run->request.variant,
                     .offline = &run->offline,
                     .plan = run->plan.get(),
                     .concepts = run->place.concepts,
                     .parts = &run->parts,
                     .margins = &judged.margins,
                     .clock_margins = &clock,
                     .report = &judged.report,
                     .synthetic = in.synthetic};
  run->Tell("leakage audit", 0.75);
  judged.findings = evaluation::AuditLeakage(TRY(GatherLeakageFacts(leak)));
  judged.report.Set("leakage", evaluation::ToJson(judged.findings));
  judged.report.Set("cohort_flow", judged.flow);
  if (found.record.is_object()) {
    found.record.Set("of", "train patients");
    judged.report.Set("search", Json::Array(std::vector<Json>{found.record}));
  }
  judged.report.Set("importance", TRY(ImportanceOf(*run, *judged.model, held_out)));
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

// Where to alert at a hospital that the model has not seen (`codman score --new-site`).
Result<double> ThresholdElsewhere(const Run& run, const OperatingPoint& point,
                                  const std::vector<double>& margins,
                                  const std::vector<uint8_t>& tuning) {
  const auto& task = *run.request.task;
  auto sites = task.transfers.find(run.request.source->name);
  return CautiousThreshold(task, run.offline.rows,
                           Tell(run.target(), point.calibration, margins).values, tuning,
                           point.threshold, sites == task.transfers.end() ? 1 : sites->second.keep);
}

// What the folder's manifest says of this run; the registry adds the hashes of the files.
Json ManifestOf(const Run& run, const models::Model& model, const OperatingPoint& point) {
  const auto& request = run.request;
  return Json::Object({{"learner", run.fit.learner},
                       {"weights", model.weights_file_name()},
                       {"objective", NameOf(run.target().objective)},
                       {"classes", Json::Array(run.target().classes)},
                       {"unit", run.target().unit},
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

// Whether any subject of the rows is one that the source declares to be made up.
bool LearntFromFixtures(const Run& run) {
  const std::string& pattern = run.request.source->fixture_pattern;
  if (pattern.empty()) return false;
  std::regex made_up(pattern);
  const auto& identifiers = run.offline.rows.subjects.identifiers;
  return std::any_of(identifiers.begin(), identifiers.end(), [&](const std::string& identifier) {
    return std::regex_search(identifier, made_up);
  });
}

Result<TrainingResult> TrainOnce(const TrainingPlace& place, const TrainingRequest& request,
                                 int64_t job) {
  int64_t began_us = base::MonotonicUs();
  Run run = TRY(Prepare(place, request));
  run.job = job;
  Judged judged = TRY(FitAndJudge(&run));
  if (evaluation::Blocks(judged.findings) && request.override_reason.empty()) {
    return base::DataQuality(format("the leakage audit refuses to register {}/{}:{}",
                                    request.task->name, request.variant->name,
                                    BlockingFindings(judged.findings)));
  }
  const auto& rows = run.offline.rows;
  OperatingPoint point = judged.point;
  auto tuning = RowsIn(rows, run.parts, {kTuning});
  if (request.task->refit) {
    run.Tell("refit", 0.85);
    auto learn = RowsIn(rows, run.parts, {kTrain, kHeldOut});
    judged.model =
        TRY(FitOn(run.fit, run.offline.matrix.get(), learn, run.lesson.labels, run.lesson.weights));
    judged.margins = TRY(MarginsOf(*judged.model, run.offline.matrix.get(), tuning));
    point = TRY(Tune(*request.task, run.target(), rows, judged.margins, tuning));
  }
  registry::NewModel model{.task = request.task->name,
                           .variant = request.variant->name,
                           .source = request.source->name,
                           .actor = request.actor,
                           .synthetic = request.source->synthetic,
                           .fixture = LearntFromFixtures(run)};
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
  model.files["calibration.json"] = point.calibration.ToJson();
  Json features = TRY(ResolvedFeatures(run));
  features.Set("samples", TRY(SampleForms(run, *judged.model, RowsIn(rows, run.parts, {kTrain}))));
  model.files["features.yaml"] = features.ToPrettyString();
  model.files["evaluation.json"] = judged.report.ToPrettyString();
  model.files["report.html"] = evaluation::RenderHtml(judged.report);
  model.files["card.md"] = WriteCard(card);
  model.files["training.log"] =
      format("{} rows, {} inputs, {} learner, {:.1f} s\n", rows.size(), run.offline.columns.size(),
             run.fit.learner, double(base::MonotonicUs() - began_us) * 1e-6);
  model.manifest = ManifestOf(run, *judged.model, point);
  if (run.target().objective == models::Objective::kBinary) {
    model.manifest.Set("threshold_elsewhere",
                       TRY(ThresholdElsewhere(run, point, judged.margins, tuning)));
  }
  TrainingResult result{.version = TRY(place.registry->Register(model)),
                        .report = std::move(judged.report),
                        .told = std::move(judged.told)};
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
  TrainingResult trained;
  TRY(RecordJob(place, request, {}, [&](int64_t job) -> Result<JobOutcome> {
    trained = TRY(TrainOnce(place, request, job));
    return JobOutcome{trained.version.version, ResultsOf(trained)};
  }));
  return trained;
}

}  // namespace codman::training
