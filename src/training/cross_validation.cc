#include <cmath>
#include <map>

#include "base/text.h"
#include "training/baselines_internal.h"
#include "training/run_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

double Logit(double p) { return std::log(p / (1 - p)); }

// Out-of-fold judgement of one division into folds.
class Folds {
 public:
  Folds(Run* run, int folds)
      : run_(*run),
        rows_(run->offline.rows),
        folds_(folds),
        width_(run->target().objective == models::Objective::kMulticlass
                   ? run->target().classes.size()
                   : 1) {
    for (int k = 0; k < folds; ++k) all_.push_back(static_cast<uint8_t>(k));
    bool banded = run->target().objective == models::Objective::kRegression;
    told_.values.resize(rows_.subject.size() * width_);
    if (banded) told_.lower = told_.upper = told_.values;
    tuned_.resize(rows_.subject.size());
  }

  Result<> Fit(int fold) {
    auto judged_fold = static_cast<uint8_t>(fold);
    auto tuning_fold = static_cast<uint8_t>((fold + 1) % folds_);
    std::vector<uint8_t> learn_folds;
    for (uint8_t other : all_) {
      if (other != judged_fold && other != tuning_fold) learn_folds.push_back(other);
    }
    auto train = RowsIn(rows_, run_.parts, learn_folds);
    auto tuning = RowsIn(rows_, run_.parts, {tuning_fold});
    auto judged = RowsIn(rows_, run_.parts, {judged_fold});
    auto* matrix = run_.offline.matrix.get();
    auto model = TRY(FitOn(run_.fit, matrix, train, rows_.label));
    auto margins =
        TRY(MarginsOf(*model, matrix, RowsIn(rows_, run_.parts, {judged_fold, tuning_fold})));
    points_.push_back(TRY(Tune(*run_.request.task, run_.target(), rows_, margins, tuning)));
    Told told = Tell(run_.target(), points_.back().calibration, std::move(margins));
    Keep(told, judged, tuning);
    auto clock = TRY(ClockOnly(run_, train));
    if (clock.empty()) return {};
    clock_.resize(rows_.subject.size());
    for (size_t i = 0; i < judged.size(); ++i) {
      if (judged[i] != 0) clock_[i] = clock[i];
    }
    return {};
  }

  Result<Json> Judge() {
    JudgementInputs in{.task = run_.request.task,
                       .target = run_.target(),
                       .offline = &run_.offline,
                       .judged = RowsIn(rows_, run_.parts, all_),
                       .threshold_rule = points_.front().rule};
    if (run_.target().objective == models::Objective::kBinary) in.threshold = TRY(OneThreshold());
    in.told = std::move(told_);
    in.threshold_rule += format(", chosen in each of {} folds", folds_);
    if (!clock_.empty()) in.comparators["clock_only"] = std::move(clock_);
    in.title = format("{} / {}: {} folds by patient, out of fold", run_.request.task->name,
                      run_.request.variant->name, folds_);
    in.synthetic = run_.request.source->synthetic;
    std::vector<std::string> names;
    for (int k = 0; k < folds_; ++k) names.push_back(format("fold {}", k + 1));
    Json flow = CohortFlow(rows_, run_.parts, names);
    in.context = ContextRows(run_, flow);
    Json report = TRY(training::Judge(in));
    report.Set("cohort_flow", flow);
    return report;
  }

 private:
  void Keep(const Told& told, const std::vector<uint8_t>& judged,
            const std::vector<uint8_t>& tuning) {
    for (size_t i = 0; i < judged.size(); ++i) {
      if (tuning[i] != 0 && width_ == 1) tuned_[i] = told.values[i];
      if (judged[i] == 0) continue;
      for (size_t k = i * width_; k < (i + 1) * width_; ++k) told_.values[k] = told.values[k];
      if (told.lower.empty()) continue;
      told_.lower[i] = told.lower[i];
      told_.upper[i] = told.upper[i];
    }
  }

  // Folds have thresholds of their own, each from the tuning predictions of all patients outside
  // the fold, made by models that had not learnt from them. Shifting each fold's log-odds so that
  // its threshold falls on the common one keeps every alert decision and lets one number stand for
  // the operating point.
  Result<double> OneThreshold() {
    std::vector<double> thresholds;
    double common = 0;
    for (uint8_t judged_fold : all_) {
      std::vector<uint8_t> others;
      for (uint8_t fold : all_) {
        if (fold != judged_fold) others.push_back(fold);
      }
      auto outside = RowsIn(rows_, run_.parts, others);
      thresholds.push_back(TRY(ThresholdOf(*run_.request.task, rows_, tuned_, outside)));
      common += Logit(thresholds.back()) / folds_;
    }
    for (size_t i = 0; i < told_.values.size(); ++i) {
      double& risk = told_.values[i];
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
  std::vector<OperatingPoint> points_;
  Told told_;                  // out of fold
  std::vector<double> tuned_;  // risks of rows when they were tuning rows
  std::vector<double> clock_;
};

// Figures of a report by name, those of its groups that hold plain numbers.
std::map<std::string, double> FiguresOf(const Json& report) {
  std::map<std::string, double> figures;
  for (const char* group : {"discrimination", "calibration", "brier", "utility", "regression",
                            "interval", "multiclass", "operating_point"}) {
    for (const auto& [name, value] : report[group].members()) {
      if (value.is_number()) figures[format("{}.{}", group, name)] = value.AsDouble();
    }
  }
  return figures;
}

Json Repeated(const std::vector<std::map<std::string, double>>& runs) {
  Json repeated = Json::Object();
  for (const auto& [name, first] : runs.front()) {
    double sum = 0, squares = 0, count = 0;
    for (const auto& run : runs) {
      auto found = run.find(name);
      if (found == run.end() || !std::isfinite(found->second)) continue;
      sum += found->second;
      squares += found->second * found->second;
      ++count;
    }
    double mean = sum / count;
    double sd = count > 1 ? std::sqrt(std::max(0.0, (squares - sum * mean) / (count - 1))) : 0;
    repeated.Set(name, Json::Object({{"mean", mean}, {"sd", sd}, {"repeats", count}}));
  }
  return repeated;
}

}  // namespace

Result<Json> CrossValidate(const TrainingPlace& place, const TrainingRequest& request, int folds,
                           int repeats) {
  if (folds < 3 || folds > 50)
    return base::InvalidInput(
        "--folds must be from 3 to 50: one to judge, one to tune, the others to learn");
  if (repeats < 1 || repeats > 100) return base::InvalidInput("--repeats must be from 1 to 100");
  Run run = TRY(Prepare(place, request));
  Json report;
  std::vector<std::map<std::string, double>> figures;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    run.parts = FoldRows(run.offline.rows, request.task->seed + static_cast<uint64_t>(repeat),
                         request.source->name, folds);
    Folds division(&run, folds);
    for (int fold = 0; fold < folds; ++fold) {
      TRY(division.Fit(fold));
      run.Tell("folds", static_cast<double>(repeat * folds + fold + 1) / (folds * repeats));
    }
    Json judged = TRY(division.Judge());
    figures.push_back(FiguresOf(judged));
    if (repeat == 0) report = std::move(judged);
  }
  if (repeats > 1) report.Set("repeated", Repeated(figures));
  return report;
}

}  // namespace codman::training
