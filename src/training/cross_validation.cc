#include "base/text.h"
#include "evaluation/repeated.h"
#include "training/ablation_internal.h"
#include "training/folds_internal.h"
#include "training/held_out_look_internal.h"
#include "training/learning_curve_internal.h"
#include "training/run_internal.h"
#include "training/run_record.h"
#include "training/split.h"

namespace codman::training {
namespace {

Result<> Check(const FoldOptions& options) {
  if (options.folds < 3 || options.folds > 50)
    return base::InvalidInput("--folds must be from 3 to 50: one to judge, the others to learn");
  if (options.repeats < 1 || options.repeats > 100)
    return base::InvalidInput("--repeats must be from 1 to 100");
  return {};
}

Result<CrossValidated> JudgeFolds(const TrainingPlace& place, const TrainingRequest& request,
                                  const FoldOptions& options, int64_t job) {
  Run run = TRY(Prepare(place, request));
  run.job = job;
  int64_t look = TRY(CountLook(run));
  CrossValidated first;
  std::vector<std::vector<evaluation::FoldMetrics>> figures;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    run.parts = FoldRows(run.offline.rows, request.task->seed + static_cast<uint64_t>(repeat),
                         request.source->name, options.folds);
    Folds division(run, options.folds);
    for (int fold = 0; fold < options.folds; ++fold) {
      TRY(division.Fit(fold));
      run.Tell("folds", static_cast<double>(repeat * options.folds + fold + 1) /
                            (options.folds * options.repeats));
    }
    auto inputs = TRY(division.Inputs());
    Json report = TRY(division.Judge(&inputs));
    TellLook(look, &report);
    figures.push_back({evaluation::FlatMetrics(report)});
    if (repeat > 0) continue;
    if (division.searches().size() > 0) report.Set("search", division.searches());
    if (options.ablation) report.Set("ablation", TRY(Ablation(run, division, inputs)));
    if (options.learning_curve)
      report.Set("learning_curve", TRY(LearningCurve(run, division, inputs)));
    first = {std::move(report), std::move(inputs.told.values)};
  }
  if (options.repeats > 1) first.report.Set("repeated", TRY(evaluation::RepeatedJson(figures)));
  return first;
}

}  // namespace

Result<CrossValidated> CrossValidate(const TrainingPlace& place, const TrainingRequest& request,
                                     const FoldOptions& options) {
  TRY(Check(options));
  CrossValidated judged;
  JobPurpose folds{.kind = "folds",
                   .options = Json::Object({{"folds", options.folds},
                                            {"repeats", options.repeats},
                                            {"ablation", options.ablation},
                                            {"learning_curve", options.learning_curve}})};
  TRY(RecordJob(place, request, folds, [&](int64_t job) -> Result<JobOutcome> {
    judged = TRY(JudgeFolds(place, request, options, job));
    return JobOutcome{"", ResultsOf(judged.report)};
  }));
  return judged;
}

}  // namespace codman::training
