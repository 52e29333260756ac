#include "evaluation/subgroups.h"

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
  std::set<int32_t> present, with_event;
  std::vector<double> risks, labels;
  double alerts = 0, right = 0, risk_sum = 0;
  for (int64_t row : rows) {
    double risk = predictions.risk[row], label = predictions.label[row];
    present.insert(subjects.group_of_row()[row]);
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
  subgroup->subjects = static_cast<int64_t>(present.size());
  subgroup->event_subjects = static_cast<int64_t>(with_event.size());
  subgroup->mean_risk = risk_sum / n;
  subgroup->observed = events / n;
  subgroup->in_the_large = CalibrationInTheLarge(risks, labels);
  subgroup->alert_rate = alerts / n;
  subgroup->sensitivity = Ratio(right, events);
  subgroup->ppv = Ratio(right, alerts);
}

Interval AurocOf(const Predictions& predictions, const RowGroups& subjects,
                 const ClusterBootstrap& bootstrap, const std::vector<int64_t>& rows) {
  RankedRows ranked(predictions.risk, predictions.label, subjects.group_of_row(), rows);
  auto judge = [&](std::span<const int32_t> times) {
    return std::vector<double>{ranked.Judge(times).auroc};
  };
  return bootstrap.Intervals(judge)[0];
}

}  // namespace

std::vector<Subgroup> JudgeSubgroups(const Predictions& predictions, const RowGroups& subjects,
                                     const ClusterBootstrap& bootstrap, double threshold) {
  std::vector<Subgroup> judged;
  for (const auto& [column, levels] : predictions.subgroups) {
    std::map<std::string, std::vector<int64_t>> rows_of;
    for (size_t row = 0; row < levels.size(); ++row) {
      if (!levels[row].empty()) rows_of[levels[row]].push_back(static_cast<int64_t>(row));
    }
    for (const auto& [level, rows] : rows_of) {
      Subgroup subgroup;
      subgroup.column = column;
      subgroup.level = level;
      CountRows(predictions, subjects, rows, threshold, &subgroup);
      subgroup.enough = subgroup.event_subjects >= kMinSubjectsPerClass &&
                        subgroup.subjects - subgroup.event_subjects >= kMinSubjectsPerClass;
      subgroup.auroc = subgroup.enough ? AurocOf(predictions, subjects, bootstrap, rows)
                                       : Interval{kNaN, kNaN, kNaN};
      judged.push_back(std::move(subgroup));
    }
  }
  return judged;
}

}  // namespace codman::evaluation
