#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "training/baselines_internal.h"
#include "training/folds_internal.h"
#include "training/search_internal.h"
#include "training/split.h"

namespace codman::training {
namespace {

double Logit(double p) { return std::log(p / (1 - p)); }

void Keep(const std::vector<double>& from, const std::vector<uint8_t>& keep, size_t width,
          std::vector<double>* to) {
  for (size_t i = 0; i < from.size(); ++i) {
    if (keep[i / width] != 0) (*to)[i] = from[i];
  }
}

// A learner refuses a direction for a column that it does not see.
Json SettingsFor(const std::vector<std::string>& columns, Json settings) {
  if (settings.Find("monotone") == nullptr) return settings;
  Json monotone = settings["monotone"];
  std::erase_if(monotone.members(), [&](const Json::Member& member) {
    return std::find(columns.begin(), columns.end(), member.first) == columns.end();
  });
  settings.Set("monotone", std::move(monotone));
  return settings;
}

// Calibration refuses margins that rank no better than chance; those are told as they are.
Result<OperatingPoint> TuneOrLeave(const registry::Task& task, const registry::Target& target,
                                   const feature_store::PredictionRows& rows,
                                   const std::vector<double>& margins,
                                   const std::vector<uint8_t>& tuning) {
  auto point = Tune(task, target, rows, margins, tuning);
  bool refused = !point.ok() && point.error().kind() == ErrorKind::kDataQuality &&
                 target.objective == models::Objective::kBinary;
  if (!refused) return point;
  OperatingPoint left{.rule = "uncalibrated"};
  left.threshold = TRY(ThresholdOf(task, rows, Tell(target, {}, margins).values, tuning));
  return left;
}

}  // namespace

Folds::Folds(const Run& run, int folds)
    : run_(run),
      rows_(run.offline.rows),
      folds_(folds),
      width_(run.target().objective == models::Objective::kMulticlass ? run.target().classes.size()
                                                                      : 1),
      margins_(rows_.subject.size() * width_, std::nan("")),
      settings_(static_cast<size_t>(folds), run.fit.settings) {
  for (int k = 0; k < folds; ++k) all_.push_back(static_cast<uint8_t>(k));
}

std::vector<uint8_t> Folds::AllBut(int fold) const {
  std::vector<uint8_t> others;
  for (uint8_t other : all_) {
    if (other != fold) others.push_back(other);
  }
  return RowsIn(rows_, run_.parts, others);
}

std::vector<uint8_t> Folds::Only(int fold) const {
  return RowsIn(rows_, run_.parts, {static_cast<uint8_t>(fold)});
}

Result<std::unique_ptr<models::Model>> Folds::Learn(int fold, columns::MatrixSource* matrix,
                                                    const std::vector<uint8_t>* learnt) const {
  FitRequest fit = run_.fit;
  fit.settings = SettingsFor(matrix->feature_names(), settings_[static_cast<size_t>(fold)]);
  auto outside = AllBut(fold);
  for (size_t i = 0; learnt != nullptr && i < outside.size(); ++i) outside[i] &= (*learnt)[i];
  return FitOn(fit, matrix, outside, run_.lesson.labels, run_.lesson.weights);
}

Result<> Folds::Fit(int fold) {
  auto found = TRY(SearchSettings(run_, AllBut(fold)));
  settings_[static_cast<size_t>(fold)] = std::move(found.settings);
  if (found.record.is_object()) {
    found.record.Set("of", format("patients outside fold {}", fold + 1));
    searches_.Add(std::move(found.record));
  }
  auto* matrix = run_.offline.matrix.get();
  auto judged = Only(fold);
  auto model = TRY(Learn(fold, matrix, nullptr));
  Keep(TRY(MarginsOf(*model, matrix, judged)), judged, width_, &margins_);
  PutBeside("form_only", TRY(FormOnly(run_, *model, judged)), judged);
  PutBeside("clock_only", TRY(ClockOnly(run_, AllBut(fold))), judged);
  return {};
}

void Folds::PutBeside(const std::string& name, const std::vector<double>& told,
                      const std::vector<uint8_t>& judged) {
  if (told.empty()) return;
  auto& all = beside_[name];
  all.resize(told.size());
  Keep(told, judged, 1, &all);
}

Result<JudgementInputs> Folds::Inputs() const {
  JudgementInputs in{.task = run_.request.task,
                     .target = run_.target(),
                     .offline = &run_.offline,
                     .judged = RowsIn(rows_, run_.parts, all_)};
  in.subgroups = &run_.subgroups;
  TRY(TellFolds(margins_, Tune, &in));
  in.threshold_rule += format(", chosen for each of {} folds outside it", folds_);
  in.comparators = beside_;
  in.models = ToldBeside(run_);
  TRY(AddDeclaredComparator(run_, &in.comparators));
  in.title = format("{} / {}: {} folds by patient, out of fold", run_.request.task->name,
                    run_.request.variant->name, folds_);
  in.synthetic = run_.request.source->synthetic;
  return in;
}

Result<Json> Folds::Judge(JudgementInputs* inputs) const {
  std::vector<std::string> names;
  for (int k = 0; k < folds_; ++k) names.push_back(format("fold {}", k + 1));
  Json flow = CohortFlow(rows_, run_.parts, names);
  inputs->context = ContextRows(run_, flow);
  Json report = TRY(training::Judge(*inputs));
  report.Set("cohort_flow", flow);
  return report;
}

Result<std::vector<double>> Folds::ToldBy(const std::vector<std::string>& columns) const {
  auto matrix = TRY(columns::ColumnSubset::Create(run_.offline.matrix.get(), columns));
  return ToldAgain(&matrix, nullptr);
}

Result<std::vector<double>> Folds::ToldFrom(const std::vector<uint8_t>& learnt) const {
  return ToldAgain(run_.offline.matrix.get(), &learnt);
}

Result<std::vector<double>> Folds::ToldAgain(columns::MatrixSource* matrix,
                                             const std::vector<uint8_t>* learnt) const {
  std::vector<double> margins(margins_.size(), std::nan(""));
  for (int fold = 0; fold < folds_; ++fold) {
    auto judged = Only(fold);
    auto model = TRY(Learn(fold, matrix, learnt));
    Keep(TRY(MarginsOf(*model, matrix, judged)), judged, width_, &margins);
  }
  JudgementInputs in;
  TRY(TellFolds(margins, TuneOrLeave, &in));
  return std::move(in.told.values);
}

// Folds have thresholds of their own. Shifting each fold's log-odds so that its threshold falls
// on the common one keeps every alert decision and lets one number stand for the operating point.
Result<> Folds::TellFolds(const std::vector<double>& margins, Tuning tune,
                          JudgementInputs* in) const {
  bool binary = run_.target().objective == models::Objective::kBinary;
  std::vector<double> thresholds;
  in->told.values.resize(margins.size());
  for (int fold = 0; fold < folds_; ++fold) {
    auto judged = Only(fold);
    auto point = TRY(tune(*run_.request.task, run_.target(), rows_, margins, AllBut(fold)));
    Told told = Tell(run_.target(), point.calibration, margins);
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

double Folds::Align(const std::vector<double>& thresholds, std::vector<double>* risks) const {
  double common = 0;
  for (double threshold : thresholds) common += Logit(threshold) / folds_;
  for (size_t i = 0; i < risks->size(); ++i) {
    double& risk = (*risks)[i];
    if (risk > 0 && risk < 1)
      risk = models::Sigmoid(Logit(risk) - Logit(thresholds[run_.parts[i]]) + common);
  }
  return models::Sigmoid(common) * (1 - 1e-12);
}

}  // namespace codman::training
