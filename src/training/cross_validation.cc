#include <cmath>

#include "base/text.h"
#include "evaluation/repeated.h"
#include "training/baselines_internal.h"
#include "training/run_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

double Logit(double p) { return std::log(p / (1 - p)); }

// Out-of-fold judgement of one division into folds: each patient is predicted by a model that
// learnt from all other folds. Calibration, intervals and threshold of a fold come from the
// out-of-fold predictions of the patients outside it.
class Folds {
 public:
  Folds(Run* run, int folds)
      : run_(*run),
        rows_(run->offline.rows),
        folds_(folds),
        width_(run->target().objective == models::Objective::kMulticlass
                   ? run->target().classes.size()
                   : 1),
        margins_(rows_.subject.size() * width_, std::nan("")) {
    for (int k = 0; k < folds; ++k) all_.push_back(static_cast<uint8_t>(k));
  }

  Result<> Fit(int fold) {
    auto train = RowsIn(rows_, run_.parts, AllBut(fold));
    auto judged = RowsIn(rows_, run_.parts, {static_cast<uint8_t>(fold)});
    auto* matrix = run_.offline.matrix.get();
    auto model = TRY(FitOn(run_.fit, matrix, train, rows_.label));
    Keep(TRY(MarginsOf(*model, matrix, judged)), judged, width_, &margins_);
    auto clock = TRY(ClockOnly(run_, train));
    if (clock.empty()) return {};
    clock_.resize(rows_.subject.size());
    Keep(clock, judged, 1, &clock_);
    return {};
  }

  Result<CrossValidated> Judge() {
    JudgementInputs in{.task = run_.request.task,
                       .target = run_.target(),
                       .offline = &run_.offline,
                       .judged = RowsIn(rows_, run_.parts, all_)};
    TRY(TellFolds(&in));
    in.threshold_rule += format(", chosen for each of {} folds outside it", folds_);
    if (!clock_.empty()) in.comparators["clock_only"] = std::move(clock_);
    for (const auto& [name, told] : run_.request.beside) {
      if (told.size() == in.told.values.size()) in.models[name] = told;
    }
    TRY(AddDeclaredComparator(run_, &in.comparators));
    in.title = format("{} / {}: {} folds by patient, out of fold", run_.request.task->name,
                      run_.request.variant->name, folds_);
    in.synthetic = run_.request.source->synthetic;
    std::vector<std::string> names;
    for (int k = 0; k < folds_; ++k) names.push_back(format("fold {}", k + 1));
    Json flow = CohortFlow(rows_, run_.parts, names);
    in.context = ContextRows(run_, flow);
    Json report = TRY(training::Judge(in));
    report.Set("cohort_flow", flow);
    return CrossValidated{std::move(report), std::move(in.told.values)};
  }

 private:
  std::vector<uint8_t> AllBut(int fold) const {
    std::vector<uint8_t> others;
    for (uint8_t other : all_) {
      if (other != fold) others.push_back(other);
    }
    return others;
  }

  static void Keep(const std::vector<double>& from, const std::vector<uint8_t>& keep, size_t width,
                   std::vector<double>* to) {
    for (size_t i = 0; i < from.size(); ++i) {
      if (keep[i / width] != 0) (*to)[i] = from[i];
    }
  }

  // Folds have thresholds of their own. Shifting each fold's log-odds so that its threshold falls
  // on the common one keeps every alert decision and lets one number stand for the operating point.
  Result<> TellFolds(JudgementInputs* in) {
    bool binary = run_.target().objective == models::Objective::kBinary;
    std::vector<double> thresholds;
    in->told.values.resize(margins_.size());
    for (int fold = 0; fold < folds_; ++fold) {
      auto outside = RowsIn(rows_, run_.parts, AllBut(fold));
      auto judged = RowsIn(rows_, run_.parts, {static_cast<uint8_t>(fold)});
      auto point = TRY(Tune(*run_.request.task, run_.target(), rows_, margins_, outside));
      Told told = Tell(run_.target(), point.calibration, margins_);
      Keep(told.values, judged, width_, &in->told.values);
      for (auto [from, to] :
           {std::pair(&told.lower, &in->told.lower), std::pair(&told.upper, &in->told.upper)}) {
        to->resize(from->size());
        Keep(*from, judged, 1, to);
      }
      thresholds.push_back(point.threshold);
      in->threshold_rule = point.rule;
    }
    if (binary) in->threshold = Align(thresholds, &in->told.values);
    return {};
  }

  double Align(const std::vector<double>& thresholds, std::vector<double>* risks) const {
    double common = 0;
    for (double threshold : thresholds) common += Logit(threshold) / folds_;
    for (size_t i = 0; i < risks->size(); ++i) {
      double& risk = (*risks)[i];
      if (risk > 0 && risk < 1)
        risk = models::Sigmoid(Logit(risk) - Logit(thresholds[run_.parts[i]]) + common);
    }
    return models::Sigmoid(common) * (1 - 1e-12);
  }

  Run& run_;
  const feature_store::PredictionRows& rows_;
  const int folds_;
  const size_t width_;
  std::vector<uint8_t> all_;
  std::vector<double> margins_, clock_;  // out of fold
};

}  // namespace

Result<CrossValidated> CrossValidate(const TrainingPlace& place, const TrainingRequest& request,
                                     int folds, int repeats) {
  if (folds < 3 || folds > 50)
    return base::InvalidInput("--folds must be from 3 to 50: one to judge, the others to learn");
  if (repeats < 1 || repeats > 100) return base::InvalidInput("--repeats must be from 1 to 100");
  Run run = TRY(Prepare(place, request));
  CrossValidated first;
  std::vector<std::vector<evaluation::FoldMetrics>> figures;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    run.parts = FoldRows(run.offline.rows, request.task->seed + static_cast<uint64_t>(repeat),
                         request.source->name, folds);
    Folds division(&run, folds);
    for (int fold = 0; fold < folds; ++fold) {
      TRY(division.Fit(fold));
      run.Tell("folds", static_cast<double>(repeat * folds + fold + 1) / (folds * repeats));
    }
    CrossValidated judged = TRY(division.Judge());
    figures.push_back({evaluation::FlatMetrics(judged.report)});
    if (repeat == 0) first = std::move(judged);
  }
  if (repeats > 1) first.report.Set("repeated", TRY(evaluation::RepeatedJson(figures)));
  return first;
}

}  // namespace codman::training
