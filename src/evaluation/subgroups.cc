#include "evaluation/subgroups.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "evaluation/calibration.h"
#include "evaluation/ranked_rows.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

void CountRows(const Predictions& predictions, const RowGroups& subjects,
               const std::vector<int64_t>& rows, double threshold, Subgroup* subgroup) {
  std::set<int32_t> with_event;
  std::vector<double> risks, labels;
  double alerts = 0, right = 0, risk_sum = 0;
  for (int64_t row : rows) {
    double risk = predictions.risk[row], label = predictions.label[row];
    if (label > 0.5) with_event.insert(subjects.group_of_row()[row]);
    risks.push_back(risk);
    labels.push_back(label);
    risk_sum += risk;
    subgroup->events += label > 0.5 ? 1 : 0;
    alerts += risk >= threshold ? 1 : 0;
    right += risk >= threshold && label > 0.5 ? 1 : 0;
  }
  double n = static_cast<double>(rows.size()), events = static_cast<double>(subgroup->events);
  subgroup->rows = static_cast<int64_t>(rows.size());
  subgroup->event_subjects = static_cast<int64_t>(with_event.size());
  subgroup->mean_risk = risk_sum / n;
  subgroup->observed = events / n;
  subgroup->in_the_large = CalibrationInTheLarge(risks, labels);
  subgroup->alert_rate = alerts / n;
  subgroup->sensitivity = Ratio(right, events);
  subgroup->ppv = Ratio(right, alerts);
}

enum Quantity { kEvents, kRight, kRisk, kNumQuantities };

// AUROC, sensitivity and mean risk ratio of the rows of one level.
ClusterBootstrap::Statistics LevelStatistics(const Predictions& predictions,
                                             const RowGroups& subjects, double threshold,
                                             std::span<const int64_t> rows) {
  RankedRows ranked(predictions.risk, predictions.label, subjects.group_of_row(), rows);
  ClusterSums sums(subjects.count(), kNumQuantities);
  for (int64_t row : rows) {
    int32_t subject = subjects.group_of_row()[row];
    bool event = predictions.label[row] > 0.5, alert = predictions.risk[row] >= threshold;
    sums.Add(subject, kEvents, event ? 1 : 0);
    sums.Add(subject, kRight, event && alert ? 1 : 0);
    sums.Add(subject, kRisk, predictions.risk[row]);
  }
  return [ranked = std::move(ranked), sums = std::move(sums)](std::span<const int32_t> times) {
    std::vector<double> sum = sums.Total(times);
    return std::vector<double>{ranked.Judge(times).auroc, Ratio(sum[kRight], sum[kEvents]),
                               Ratio(sum[kRisk], sum[kEvents])};
  };
}

}  // namespace

JudgedSubgroups JudgeSubgroups(const Predictions& predictions, const RowGroups& subjects,
                               const ClusterBootstrap& bootstrap, double threshold) {
  JudgedSubgroups judged;
  std::vector<SubgroupLevel> levels = LevelsOf(predictions, subjects);
  std::vector<uint8_t> enough;
  for (const SubgroupLevel& level : levels) {
    Subgroup subgroup;
    subgroup.column = level.column;
    subgroup.level = level.level;
    subgroup.subjects = level.subjects;
    CountRows(predictions, subjects, level.rows, threshold, &subgroup);
    subgroup.enough = subgroup.event_subjects >= kMinSubjectsPerClass &&
                      subgroup.subjects - subgroup.event_subjects >= kMinSubjectsPerClass;
    enough.push_back(subgroup.enough ? 1 : 0);
    judged.levels.push_back(std::move(subgroup));
  }
  auto measured = JudgeLevels(levels, enough, bootstrap, std::size(kGapMeasures),
                              [&](std::span<const int64_t> rows) {
                                return LevelStatistics(predictions, subjects, threshold, rows);
                              });
  for (size_t i = 0; i < levels.size(); ++i) {
    judged.levels[i].auroc = measured.levels[i].measures.front();
  }
  judged.gaps = std::move(measured.gaps);
  std::erase_if(judged.gaps, [](const SubgroupGap& gap) { return std::isnan(gap.gap.value); });
  return judged;
}

}  // namespace codman::evaluation
