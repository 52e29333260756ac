#include "training/site_transfer.h"

#include <set>

#include "base/text.h"
#include "evaluation/threshold_transfer.h"
#include "training/held_out_look_internal.h"
#include "training/run_internal.h"
#include "training/run_record.h"
#include "training/search_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

constexpr double kLearningShare = 0.8;
enum SitePart : uint8_t { kLearn, kTune, kElsewhere, kNowhere };

Result<std::set<int64_t>> SubjectsWhere(const TrainingPlace& place, const std::string& table,
                                        const std::string& condition) {
  auto snapshot = TRY(place.lake.Newest(table));
  if (snapshot.version < 0)
    return base::NotFound(format("the table {} is not built: codman build {}", table, table));
  engine::DeltaTable delta(place.lake.RootOf(table), {});
  auto rows = TRY(place.engine->QueryAll(format("select distinct subject_id from ({}) where {}",
                                                delta.SelectAll(snapshot), condition)));
  return std::set<int64_t>(rows.columns[0].ints.begin(), rows.columns[0].ints.end());
}

// Patients of both sites are left out: nothing they learnt from may be judged.
Result<std::vector<uint8_t>> PartsOf(const Run& run, const registry::SiteTransfer& sites) {
  auto home = TRY(SubjectsWhere(run.place, sites.table, sites.from));
  auto away = TRY(SubjectsWhere(run.place, sites.table, sites.to));
  const auto& rows = run.offline.rows;
  std::vector<uint8_t> of_subject;
  for (size_t i = 0; i < rows.subjects.ids.size(); ++i) {
    bool here = home.count(rows.subjects.ids[i]) > 0, there = away.count(rows.subjects.ids[i]) > 0;
    double bucket =
        BucketOf(run.request.task->seed, run.request.source->name, rows.subjects.identifiers[i]);
    SitePart at_home = bucket < kLearningShare ? kLearn : kTune;
    of_subject.push_back(here == there ? kNowhere : here ? at_home : kElsewhere);
  }
  std::vector<uint8_t> parts;
  for (int32_t subject : rows.subject) parts.push_back(of_subject[static_cast<size_t>(subject)]);
  return parts;
}

evaluation::Predictions PredictionsOf(const Run& run, const Told& told,
                                      const std::vector<uint8_t>& keep) {
  const auto& rows = run.offline.rows;
  return {.subject = Kept(rows.subject, keep),
          .encounter = Kept(rows.subject, keep),
          .time_us = Kept(rows.time_us, keep),
          .risk = Kept(told.values, keep),
          .label = Kept(rows.label, keep)};
}

Result<Json> Transfer(const TrainingPlace& place, const TrainingRequest& request, int64_t job) {
  auto sites = request.task->transfers.find(request.source->name);
  if (sites == request.task->transfers.end() ||
      request.variant->target.objective != models::Objective::kBinary) {
    return base::InvalidInput(
        format("{} declares no transfer for {}: add transfer: {{{}: {{table: …, from: …, to: …}}}}",
               request.task->file, request.source->name, request.source->name));
  }
  Run run = TRY(Prepare(place, request));
  run.job = job;
  run.parts = TRY(PartsOf(run, sites->second));
  const auto& rows = run.offline.rows;
  auto tuning = RowsIn(rows, run.parts, {kTune}), away = RowsIn(rows, run.parts, {kElsewhere});
  auto* matrix = run.offline.matrix.get();
  auto learn = RowsIn(rows, run.parts, {kLearn});
  run.fit.settings = TRY(SearchSettings(run, learn)).settings;
  run.Tell("fit at the first site", 0.2);
  auto model = TRY(FitOn(run.fit, matrix, learn, run.lesson.labels, run.lesson.weights));
  auto margins = TRY(MarginsOf(*model, matrix, RowsIn(rows, run.parts, {kTune, kElsewhere})));
  auto point = TRY(Tune(*request.task, run.target(), rows, margins, tuning));
  Told told = Tell(run.target(), point.calibration, std::move(margins));
  auto home = PredictionsOf(run, told, tuning), there = PredictionsOf(run, told, away);
  run.Tell("judge at the second", 0.7);
  evaluation::TransferOptions options{.source_threshold = point.threshold,
                                      .physionet_utility = request.task->physionet_utility,
                                      .seed = request.task->seed};
  options.cautious_threshold = TRY(CautiousThreshold(*request.task, rows, told.values, tuning,
                                                     point.threshold, sites->second.keep));
  Json moved = TRY(evaluation::JudgeThresholdTransfer(home, there, options));
  JudgementInputs in{.task = request.task,
                     .target = run.target(),
                     .offline = &run.offline,
                     .judged = away,
                     .told = std::move(told)};
  in.subgroups = &run.subgroups;
  in.threshold = *options.cautious_threshold;
  in.threshold_rule = format(
      "keeps {:.0f} % of the utility at the first site; as cautious at the second, whose labels "
      "nobody knows",
      100 * sites->second.keep);
  in.title = format("{} / {}: {} → {}", request.task->name, request.variant->name,
                    sites->second.from, sites->second.to);
  in.synthetic = request.source->synthetic;
  Json flow = CohortFlow(rows, run.parts, {"learning", "tuning", "second site", "neither"});
  in.context = ContextRows(run, flow);
  int64_t look = TRY(CountLook(run));
  Json report = TRY(Judge(in));
  TellLook(look, &report);
  report.Set("cohort_flow", flow);
  report.Set("threshold_transfer", std::move(moved));
  run.Tell("judged", 1);
  return report;
}

}  // namespace

Result<Json> JudgeSiteTransfer(const TrainingPlace& place, const TrainingRequest& request) {
  Json report;
  TRY(RecordJob(place, request, {.kind = "transfer"}, [&](int64_t job) -> Result<JobOutcome> {
    report = TRY(Transfer(place, request, job));
    return JobOutcome{"", ResultsOf(report)};
  }));
  return report;
}

}  // namespace codman::training
