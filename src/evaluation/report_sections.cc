#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"
#include "evaluation/calibration.h"
#include "evaluation/decision_curve.h"
#include "evaluation/delong.h"
#include "evaluation/discrimination.h"
#include "evaluation/ranked_rows.h"
#include "evaluation/report_sections_internal.h"
#include "evaluation/subgroups.h"
#include "evaluation/utility.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kMicrosecondsPerHour = 3'600'000'000;
constexpr int kMaxCurvePoints = 200;

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

// Quantities summed by subject, and the statistics that are ratios of their sums.
enum Quantity { kTp, kFp, kFn, kTn, kSquaredError, kUtilityGain, kUtilityReach, kNumQuantities };

ClusterSums SumBySubject(const Judged& judged, const UtilityScorer* utility) {
  ClusterSums sums(judged.subjects.count(), kNumQuantities);
  for (size_t row = 0; row < judged.rows.risk.size(); ++row) {
    int32_t subject = judged.subjects.group_of_row()[row];
    double risk = judged.rows.risk[row], label = judged.rows.label[row];
    bool alert = risk >= judged.options.threshold, event = label > 0.5;
    sums.Add(subject, event ? (alert ? kTp : kFn) : (alert ? kFp : kTn), 1);
    sums.Add(subject, kSquaredError, (risk - label) * (risk - label));
    if (utility == nullptr) continue;
    int64_t at = static_cast<int64_t>(row);
    if (alert) sums.Add(subject, kUtilityGain, utility->Gain(at));
    sums.Add(subject, kUtilityReach, utility->BestValue(at) - utility->SilenceValue(at));
  }
  return sums;
}

constexpr const char* kRatioNames[] = {"sensitivity", "specificity", "ppv", "npv", "f1"};

std::vector<double> StatisticsOf(const std::vector<double>& q) {
  double rows = q[kTp] + q[kFp] + q[kFn] + q[kTn];
  double prevalence = (q[kTp] + q[kFn]) / rows, brier = q[kSquaredError] / rows;
  return {Ratio(q[kTp], q[kTp] + q[kFn]),
          Ratio(q[kTn], q[kTn] + q[kFp]),
          Ratio(q[kTp], q[kTp] + q[kFp]),
          Ratio(q[kTn], q[kTn] + q[kFn]),
          Ratio(2 * q[kTp], 2 * q[kTp] + q[kFp] + q[kFn]),
          brier,
          1 - Ratio(brier, prevalence * (1 - prevalence)),
          Ratio(q[kUtilityGain], q[kUtilityReach])};
}

// The challenge counts rows as hours; other spacing gives a number that compares with nothing.
void WarnOfUnevenHours(Judged* judged) {
  const auto& time_us = judged->rows.time_us;
  int64_t uneven = 0;
  for (int32_t e = 0; !time_us.empty() && e < judged->encounters.count(); ++e) {
    auto rows = judged->encounters.Rows(e);
    for (size_t i = 1; i < rows.size(); ++i) {
      uneven += time_us[rows[i]] - time_us[rows[i - 1]] != kMicrosecondsPerHour ? 1 : 0;
    }
  }
  if (uneven == 0) return;
  judged->warnings.push_back(
      format("{} rows do not follow the one before by exactly one hour; the utility counts "
             "rows as hours",
             uneven));
}

Json CurveJson(const std::vector<CurvePoint>& points) {
  Json curve = Json::Array(std::vector<Json>{});
  for (const CurvePoint& point : points) {
    curve.Add(Json::Object({{"threshold", point.threshold}, {"x", point.x}, {"y", point.y}}));
  }
  return curve;
}

Json HistogramJson(const std::vector<double>& risks, const Calibration& calibration) {
  constexpr int kBars = 20;
  double highest = calibration.bins.empty() ? 1 : calibration.bins.back().mean_risk;
  for (const CalibrationBin& bin : calibration.bins) highest = std::max(highest, bin.observed);
  double upper = std::clamp(highest * 1.1, 1e-6, 1.0);
  std::vector<double> counts(kBars, 0.0);
  for (double risk : risks) {
    ++counts[static_cast<size_t>(std::clamp(risk / upper * kBars, 0.0, kBars - 1.0))];
  }
  return Json::Object({{"upper", upper}, {"counts", Json::Array(counts)}});
}

Json ComparatorJson(const Judged& judged, const std::string& name, const Interval* intervals) {
  Json comparator;
  comparator.Set("name", name);
  SetInterval(&comparator, "auroc", intervals[0]);
  SetInterval(&comparator, "auprc", intervals[1]);
  SetInterval(&comparator, "difference", intervals[2]);
  if (!judged.options.physionet_utility) return comparator;
  auto scorer = UtilityScorer::Create(judged.encounters.group_of_row(), judged.rows.label);
  CHECK(scorer.ok());  // labels were checked
  const auto& scores = judged.rows.comparators.at(name);
  double threshold = ThresholdOfBestUtility(*scorer, scores);
  std::vector<uint8_t> alerts;
  for (double score : scores) alerts.push_back(score >= threshold ? 1 : 0);
  comparator.Set("best_utility", scorer->Normalised(alerts));
  comparator.Set("best_threshold", threshold);
  return comparator;
}

void AddBrierParts(const Predictions& rows, Json* report) {
  double score = BrierScore(rows.risk, rows.label);
  BrierDecomposition parts = DecomposeBrier(CalibrationBins(rows.risk, rows.label), score);
  Json brier = (*report)["brier"];
  brier.Set("reliability", parts.reliability).Set("resolution", parts.resolution);
  brier.Set("uncertainty", parts.uncertainty).Set("within_bins", parts.within_bins);
  report->Set("brier", std::move(brier));
}

}  // namespace

void SetInterval(Json* object, const std::string& name, const Interval& interval) {
  object->Set(name, interval.value);
  object->Set(name + "_low", interval.low);
  object->Set(name + "_high", interval.high);
}

Json GapsJson(const std::vector<SubgroupGap>& gaps, const std::vector<std::string>& measures) {
  Json list = Json::Array(std::vector<Json>{});
  for (const SubgroupGap& gap : gaps) {
    list.Add(Json::Object({{"column", gap.column},
                           {"measure", measures[static_cast<size_t>(gap.measure)]},
                           {"value", gap.gap.value},
                           {"low", gap.gap.low},
                           {"high", gap.gap.high}}));
  }
  return list;
}

void AddDiscrimination(Judged* judged, Json* report) {
  const Predictions& rows = judged->rows;
  auto subject = judged->subjects.group_of_row();
  RankedRows model(rows.risk, rows.label, subject);
  std::vector<RankedRows> others;
  for (const auto& [name, scores] : rows.comparators)
    others.emplace_back(scores, rows.label, subject);

  auto intervals = judged->bootstrap.Intervals([&](std::span<const int32_t> times) {
    Discrimination own = model.Judge(times);
    std::vector<double> statistics = {own.auroc, own.auprc};
    for (const RankedRows& other : others) {
      Discrimination theirs = other.Judge(times);
      statistics.insert(statistics.end(), {theirs.auroc, theirs.auprc, own.auroc - theirs.auroc});
    }
    return statistics;
  });

  Json discrimination;
  SetInterval(&discrimination, "auroc", intervals[0]);
  SetInterval(&discrimination, "auprc", intervals[1]);
  DelongAuroc delong = JudgeDelong(rows.risk, rows.label);
  discrimination.Set("auroc_delong_low", delong.low).Set("auroc_delong_high", delong.high);
  report->Set("discrimination", std::move(discrimination));
  Json comparators = Json::Array(std::vector<Json>{});
  const Interval* next = intervals.data() + 2;
  for (const auto& [name, scores] : rows.comparators) {
    if (next[2].low <= 0) {
      judged->warnings.push_back(
          format("the model is not shown to be better than '{}': AUROC difference {:.4f} "
                 "(95 % interval {:.4f} to {:.4f})",
                 name, next[2].value, next[2].low, next[2].high));
    }
    comparators.Add(ComparatorJson(*judged, name, next));
    next += 3;
  }
  report->Set("comparators", std::move(comparators));
}

void AddOperatingPoint(Judged* judged, Json* report) {
  bool with_utility = judged->options.physionet_utility;
  auto scorer = UtilityScorer::Create(judged->encounters.group_of_row(), judged->rows.label);
  CHECK(scorer.ok());  // labels were checked
  ClusterSums sums = SumBySubject(*judged, with_utility ? &*scorer : nullptr);
  auto intervals = judged->bootstrap.Intervals(
      [&](std::span<const int32_t> times) { return StatisticsOf(sums.Total(times)); });
  std::vector<int32_t> once(static_cast<size_t>(judged->subjects.count()), 1);
  std::vector<double> total = sums.Total(once);

  Json point;
  point.Set("threshold", judged->options.threshold);
  point.Set("rule", judged->options.threshold_rule);
  size_t next = 0;
  for (const char* name : kRatioNames) SetInterval(&point, name, intervals[next++]);
  point.Set("tp", total[kTp]).Set("fp", total[kFp]).Set("tn", total[kTn]).Set("fn", total[kFn]);
  report->Set("operating_point", std::move(point));
  if (total[kTp] + total[kFp] == 0) {
    judged->warnings.push_back("no row reaches the threshold: this operating point never alerts");
  }

  Json brier;
  brier.Set("value", intervals[next].value);
  brier.Set("low", intervals[next].low).Set("high", intervals[next].high);
  SetInterval(&brier, "skill", intervals[next + 1]);
  report->Set("brier", std::move(brier));
  report->Set("utility", Json());
  if (!with_utility) return;
  const Interval& utility = intervals[next + 2];
  report->Set("utility", Json::Object({{"value", utility.value},
                                       {"low", utility.low},
                                       {"high", utility.high},
                                       {"at", judged->options.threshold}}));
  WarnOfUnevenHours(judged);
}

Json CalibrationJson(const std::vector<double>& risks, const std::vector<double>& labels,
                     const RowGroups& subjects) {
  constexpr double kZ = 1.959963984540054;
  Calibration fit = Calibrate(risks, labels);
  CalibrationErrors errors =
      ClusterRobustErrors(fit, risks, labels, subjects.group_of_row(), subjects.count());
  Json calibration;
  SetInterval(&calibration, "slope",
              {fit.slope, fit.slope - kZ * errors.slope, fit.slope + kZ * errors.slope});
  SetInterval(&calibration, "intercept",
              {fit.intercept, fit.intercept - kZ * errors.intercept,
               fit.intercept + kZ * errors.intercept});
  calibration.Set("in_the_large", fit.in_the_large);
  calibration.Set("ece", fit.ece);
  Json curve = Json::Array(std::vector<Json>{});
  for (const CalibrationBin& bin : fit.bins) {
    curve.Add(Json::Object({{"mean_risk", bin.mean_risk},
                            {"observed", bin.observed},
                            {"low", bin.low},
                            {"high", bin.high},
                            {"rows", bin.rows}}));
  }
  calibration.Set("curve", std::move(curve));
  calibration.Set("histogram", HistogramJson(risks, fit));
  return calibration;
}

Json RocJson(const std::vector<double>& risks, const std::vector<double>& labels) {
  return CurveJson(RocCurve(risks, labels, kMaxCurvePoints));
}

void AddCalibration(Judged* judged, Json* report) {
  AddBrierParts(judged->rows, report);
  Json calibration = CalibrationJson(judged->rows.risk, judged->rows.label, judged->subjects);
  bool exists = std::isfinite(calibration["slope"].AsDouble());
  report->Set("calibration", std::move(calibration));
  if (exists) return;
  judged->warnings.push_back(
      "calibration slope and intercept do not exist here: all risks are equal, or the risk "
      "separates the classes completely");
}

void AddCurves(Judged* judged, Json* report) {
  const Predictions& rows = judged->rows;
  report->Set("roc", RocJson(rows.risk, rows.label));
  report->Set("pr", CurveJson(PrCurve(rows.risk, rows.label, kMaxCurvePoints)));
  double prevalence = (*report)["prevalence"].AsDouble();
  auto thresholds = DecisionThresholds(prevalence, judged->options.threshold);
  Json curve = Json::Array(std::vector<Json>{});
  for (const NetBenefit& benefit : DecisionCurve(rows.risk, rows.label, thresholds)) {
    curve.Add(Json::Object({{"threshold", benefit.threshold},
                            {"model", benefit.model},
                            {"treat_all", benefit.treat_all}}));
  }
  report->Set("decision_curve", std::move(curve));
}

void AddSubgroups(Judged* judged, Json* report) {
  Json list = Json::Array(std::vector<Json>{});
  int64_t too_small = 0;
  JudgedSubgroups subgroups =
      JudgeSubgroups(judged->rows, judged->subjects, judged->bootstrap, judged->options.threshold);
  for (const Subgroup& group : subgroups.levels) {
    Json row;
    row.Set("column", group.column).Set("level", group.level);
    row.Set("rows", group.rows).Set("events", group.events);
    row.Set("subjects", group.subjects).Set("event_subjects", group.event_subjects);
    SetInterval(&row, "auroc", group.auroc);
    row.Set("mean_risk", group.mean_risk).Set("observed", group.observed);
    row.Set("in_the_large", group.in_the_large).Set("alert_rate", group.alert_rate);
    row.Set("sensitivity", group.sensitivity).Set("ppv", group.ppv);
    list.Add(std::move(row));
    too_small += group.enough ? 0 : 1;
  }
  report->Set("subgroups", std::move(list));
  report->Set("subgroup_gaps",
              GapsJson(subgroups.gaps, {std::begin(kGapMeasures), std::end(kGapMeasures)}));
  if (too_small == 0) return;
  judged->warnings.push_back(
      format("{} subgroups have fewer than {} subjects with or without an event: no AUROC is "
             "given for them",
             too_small, kMinSubjectsPerClass));
}

}  // namespace codman::evaluation
