#include "evaluation/threshold_transfer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"
#include "evaluation/bootstrap.h"
#include "evaluation/report_checks_internal.h"
#include "evaluation/report_sections_internal.h"
#include "evaluation/utility.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

// Summed by subject for one threshold; the second threshold's stand kNumQuantities further on.
enum Quantity {
  kRows,
  kAlerts,
  kRight,
  kEvents,
  kEncounters,
  kAlerted,
  kGain,
  kReach,
  kNumQuantities
};

constexpr const char* kMeasures[] = {"alert_rate", "encounter_alert_rate", "sensitivity", "ppv",
                                     "utility"};
constexpr size_t kNumMeasures = std::size(kMeasures);

void SumRows(const Predictions& rows, const RowGroups& subjects, const UtilityScorer* utility,
             double threshold, int first, ClusterSums* sums) {
  for (size_t row = 0; row < rows.risk.size(); ++row) {
    int32_t subject = subjects.group_of_row()[row];
    bool alert = rows.risk[row] >= threshold, event = rows.label[row] > 0.5;
    sums->Add(subject, first + kRows, 1);
    sums->Add(subject, first + kAlerts, alert ? 1 : 0);
    sums->Add(subject, first + kRight, alert && event ? 1 : 0);
    sums->Add(subject, first + kEvents, event ? 1 : 0);
    if (utility == nullptr) continue;
    int64_t at = static_cast<int64_t>(row);
    if (alert) sums->Add(subject, first + kGain, utility->Gain(at));
    sums->Add(subject, first + kReach, utility->BestValue(at) - utility->SilenceValue(at));
  }
}

void SumEncounters(const Predictions& rows, const RowGroups& subjects, const RowGroups& encounters,
                   double threshold, int first, ClusterSums* sums) {
  std::vector<double> highest = HighestRisks(rows.risk, encounters);
  for (int32_t e = 0; e < encounters.count(); ++e) {
    int32_t subject = subjects.group_of_row()[encounters.Rows(e).front()];
    sums->Add(subject, first + kEncounters, 1);
    sums->Add(subject, first + kAlerted, highest[static_cast<size_t>(e)] >= threshold ? 1 : 0);
  }
}

std::vector<double> MeasuresOf(const double* q) {
  return {Ratio(q[kAlerts], q[kRows]), Ratio(q[kAlerted], q[kEncounters]),
          Ratio(q[kRight], q[kEvents]), Ratio(q[kRight], q[kAlerts]), Ratio(q[kGain], q[kReach])};
}

RowGroups EncountersOf(const Predictions& rows) {
  return RowGroups(rows.encounter.empty() ? rows.subject : rows.encounter);
}

Result<> CheckTarget(const Predictions& target) {
  size_t rows = target.risk.size();
  bool encounters_fit = target.encounter.empty() || target.encounter.size() == rows;
  if (target.label.size() != rows || target.subject.size() != rows || !encounters_fit) {
    return base::InvalidInput("the target needs one subject, encounter and label for each risk");
  }
  for (size_t row = 0; row < rows; ++row) {
    double risk = target.risk[row], label = target.label[row];
    if (risk >= 0 && risk <= 1 && (label == 0 || label == 1)) continue;
    return base::InvalidInput(
        format("row {} of the target: the risk must lie from 0 to 1 and the label be 0 or 1", row));
  }
  return {};
}

struct Chosen {
  double source_rate = 0, threshold = 0;
};

Result<Chosen> Choose(const Predictions& source, const Predictions& target,
                      const RowGroups& target_encounters, const TransferOptions& options) {
  const double kept = options.cautious_threshold.value_or(options.source_threshold);
  if (!options.per_encounter) {
    return Chosen{AlertRate(source.risk, kept),
                  TRY(TransferThreshold(source.risk, kept, target.risk))};
  }
  if (EncountersOf(source).num_rows() != static_cast<int64_t>(source.risk.size())) {
    return base::InvalidInput("the source needs one subject or encounter for each risk");
  }
  std::vector<double> at_source = HighestRisks(source.risk, EncountersOf(source));
  std::vector<double> at_target = HighestRisks(target.risk, target_encounters);
  return Chosen{AlertRate(at_source, kept), TRY(TransferThreshold(at_source, kept, at_target))};
}

Json PointJson(double threshold, const Interval* measures) {
  Json point;
  point.Set("threshold", threshold);
  for (size_t m = 0; m < kNumMeasures; ++m) SetInterval(&point, kMeasures[m], measures[m]);
  return point;
}

}  // namespace

double AlertRate(std::span<const double> risks, double threshold) {
  auto alerts =
      std::count_if(risks.begin(), risks.end(), [&](double risk) { return risk >= threshold; });
  return Ratio(static_cast<double>(alerts), static_cast<double>(risks.size()));
}

Result<double> ThresholdForAlertRate(std::span<const double> risks, double rate) {
  if (!(rate >= 0 && rate <= 1)) {
    return base::InvalidInput(format("an alert rate of {} is not a share from 0 to 1", rate));
  }
  if (risks.empty()) return base::InvalidInput("there are no risks to choose a threshold from");
  std::vector<double> sorted(risks.begin(), risks.end());
  for (double risk : sorted) {
    if (!std::isfinite(risk)) return base::InvalidInput("a risk is not a finite number");
  }
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double wanted = rate * static_cast<double>(sorted.size());
  double best = std::nextafter(sorted.front(), std::numeric_limits<double>::infinity());
  double nearest = wanted;  // silence misses it by all of it
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i + 1 < sorted.size() && sorted[i + 1] == sorted[i]) continue;
    double distance = std::abs(static_cast<double>(i + 1) - wanted);
    // What rounding does to rate · rows must not prefer the lower of two thresholds.
    if (distance >= nearest - 1e-9) continue;
    nearest = distance;
    best = sorted[i];
  }
  return best;
}

std::vector<double> HighestRisks(std::span<const double> risks, const RowGroups& encounters) {
  std::vector<double> highest;
  for (int32_t e = 0; e < encounters.count(); ++e) {
    double most = -std::numeric_limits<double>::infinity();
    for (int64_t row : encounters.Rows(e)) most = std::max(most, risks[row]);
    highest.push_back(most);
  }
  return highest;
}

Result<double> TransferThreshold(std::span<const double> source_risks, double source_threshold,
                                 std::span<const double> target_risks) {
  if (source_risks.empty()) return base::InvalidInput("the source site has no risks");
  return ThresholdForAlertRate(target_risks, AlertRate(source_risks, source_threshold));
}

Result<Json> JudgeThresholdTransfer(const Predictions& source, const Predictions& target,
                                    const TransferOptions& options) {
  TRY(CheckTarget(target));
  RowGroups subjects(target.subject), encounters = EncountersOf(target);
  TRY(CheckEncounters(encounters, subjects));
  Chosen chosen = TRY(Choose(source, target, encounters, options));
  UtilityScorer scorer = TRY(UtilityScorer::Create(encounters.group_of_row(), target.label));
  const UtilityScorer* utility = options.physionet_utility ? &scorer : nullptr;
  std::vector<std::pair<const char*, double>> points = {
      {"at_source_threshold", options.source_threshold},
      {"at_transferred_threshold", chosen.threshold}};
  if (options.cautious_threshold)
    points.emplace_back("at_cautious_threshold", *options.cautious_threshold);
  auto num_points = static_cast<int>(points.size());
  ClusterSums sums(subjects.count(), num_points * kNumQuantities);
  for (int at = 0; at < num_points; ++at) {
    double threshold = points[static_cast<size_t>(at)].second;
    SumRows(target, subjects, utility, threshold, at * kNumQuantities, &sums);
    SumEncounters(target, subjects, encounters, threshold, at * kNumQuantities, &sums);
  }
  ClusterBootstrap bootstrap(subjects.count(), options.bootstrap_replicates, options.seed);
  auto intervals = bootstrap.Intervals([&](std::span<const int32_t> times) {
    std::vector<double> total = sums.Total(times);
    std::vector<double> all;
    for (int at = 0; at < num_points; ++at) {
      std::vector<double> measures = MeasuresOf(total.data() + at * kNumQuantities);
      all.insert(all.end(), measures.begin(), measures.end());
    }
    for (size_t m = 0; m < kNumMeasures; ++m) all.push_back(all[kNumMeasures + m] - all[m]);
    return all;
  });
  Json difference;
  for (size_t m = 0; m < kNumMeasures; ++m) {
    SetInterval(&difference, kMeasures[m], intervals[points.size() * kNumMeasures + m]);
  }
  Json json;
  json.Set("per", options.per_encounter ? "encounter" : "row");
  json.Set("source_alert_rate", chosen.source_rate);
  for (size_t at = 0; at < points.size(); ++at)
    json.Set(points[at].first, PointJson(points[at].second, intervals.data() + at * kNumMeasures));
  json.Set("difference", std::move(difference));
  NullWhereNotFinite(&json);
  return json;
}

}  // namespace codman::evaluation
