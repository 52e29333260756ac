#include "evaluation/alert_burden.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kMicrosecondsPerHour = 3.6e9;

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

double Median(std::vector<double> values) {
  if (values.empty()) return kNaN;
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  double upper = values[middle];
  if (values.size() % 2 == 1) return upper;
  return (*std::max_element(values.begin(), values.begin() + middle) + upper) / 2;
}

}  // namespace

Result<AlertCounter> AlertCounter::Create(const RowGroups& encounters,
                                          std::span<const int64_t> time_us,
                                          std::span<const double> risks,
                                          std::span<const double> labels, double horizon_hours,
                                          double silence_hours) {
  AlertCounter counter;
  counter.silence_hours_ = silence_hours;
  counter.begins_.push_back(0);
  for (int32_t e = 0; e < encounters.count(); ++e) {
    auto rows = encounters.Rows(e);
    bool has_event = false;
    double event_hour = kNaN;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i > 0 && time_us[rows[i]] < time_us[rows[i - 1]]) {
        return base::InvalidInput(
            format("time_us goes back in encounter {} (row {}): sort the rows of an "
                   "encounter by time",
                   e, rows[i]));
      }
      // Hours since the encounter's first row keep full precision whatever the epoch.
      double hour = static_cast<double>(time_us[rows[i]] - time_us[rows[0]]) / kMicrosecondsPerHour;
      bool event = labels[rows[i]] > 0.5;
      if (event && i > 0 && counter.label_.back() == 0) event_hour = hour + horizon_hours;
      counter.risk_.push_back(risks[rows[i]]);
      counter.label_.push_back(event ? 1 : 0);
      counter.hour_.push_back(hour);
      counter.event_hour_.push_back(event ? event_hour : kNaN);
      has_event |= event;
    }
    counter.begins_.push_back(counter.risk_.size());
    counter.has_event_.push_back(has_event ? 1 : 0);
    counter.num_event_encounters_ += has_event ? 1 : 0;
  }
  counter.DatePatientTime();
  return counter;
}

void AlertCounter::DatePatientTime() {
  std::vector<double> gaps;
  for (int32_t e = 0; e < num_encounters(); ++e) {
    for (size_t i = begins_[e] + 1; i < begins_[e + 1]; ++i)
      gaps.push_back(hour_[i] - hour_[i - 1]);
  }
  step_hours_ = Median(std::move(gaps));
  patient_days_ = 0;
  for (int32_t e = 0; e < num_encounters(); ++e) patient_days_ += PatientDays(e);
}

double AlertCounter::PatientDays(int32_t encounter) const {
  size_t last = begins_[encounter + 1] - 1;
  return (hour_[last] - hour_[begins_[encounter]] + step_hours_) / 24;
}

EncounterAlerts AlertCounter::CountEncounter(int32_t encounter, AlertPolicy policy,
                                             double threshold) const {
  EncounterAlerts counted;
  counted.lead_hours = kNaN;
  double silent_until = -std::numeric_limits<double>::infinity();
  for (size_t i = begins_[encounter]; i < begins_[encounter + 1]; ++i) {
    if (risk_[i] < threshold || hour_[i] < silent_until) continue;
    ++counted.alerts;
    if (label_[i] != 0) {
      ++counted.right_alerts;
      if (!counted.announced) counted.lead_hours = event_hour_[i] - hour_[i];
      counted.announced = true;
    }
    if (policy == AlertPolicy::kFirstPerEncounter) break;
    if (policy == AlertPolicy::kSilenced) silent_until = hour_[i] + silence_hours_;
  }
  return counted;
}

AlertBurden AlertCounter::Count(AlertPolicy policy, double threshold) const {
  AlertBurden burden;
  burden.threshold = threshold;
  std::vector<double> leads;
  for (int32_t e = 0; e < num_encounters(); ++e) {
    EncounterAlerts counted = CountEncounter(e, policy, threshold);
    burden.alerts += counted.alerts;
    burden.right_alerts += counted.right_alerts;
    burden.announced_encounters += counted.announced ? 1 : 0;
    if (HasEvent(e)) {
      burden.alerts_in_event_encounters += counted.alerts;
      burden.alerted_event_encounters += counted.alerts > 0 ? 1 : 0;
    }
    if (!std::isnan(counted.lead_hours)) leads.push_back(counted.lead_hours);
  }
  double alerts = static_cast<double>(burden.alerts);
  burden.per_100_patient_days = Ratio(100 * alerts, patient_days_);
  burden.per_100_encounters = Ratio(100 * alerts, num_encounters());
  burden.ppv = Ratio(static_cast<double>(burden.right_alerts), alerts);
  burden.sensitivity = Ratio(static_cast<double>(burden.announced_encounters),
                             static_cast<double>(num_event_encounters_));
  burden.ppv_any_time = Ratio(static_cast<double>(burden.alerts_in_event_encounters), alerts);
  burden.sensitivity_any_time = Ratio(static_cast<double>(burden.alerted_event_encounters),
                                      static_cast<double>(num_event_encounters_));
  burden.dated_encounters = static_cast<int64_t>(leads.size());
  burden.median_lead_hours = Median(std::move(leads));
  return burden;
}

std::vector<double> AlertCounter::CurveThresholds(int max_points) const {
  constexpr double kSmallestShare = 0.001, kLargestShare = 0.6;
  std::vector<double> sorted = risk_;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  std::vector<double> thresholds;
  if (sorted.empty() || max_points < 2) return thresholds;
  for (int i = 0; i < max_points; ++i) {
    // Equal ratios: a ward reads "twice as many alerts", not "one per cent more".
    double share =
        kSmallestShare * std::pow(kLargestShare / kSmallestShare, i / (max_points - 1.0));
    size_t place = static_cast<size_t>(share * static_cast<double>(sorted.size()));
    double threshold = sorted[std::min(place, sorted.size() - 1)];
    if (thresholds.empty() || threshold < thresholds.back()) thresholds.push_back(threshold);
  }
  return thresholds;
}

}  // namespace codman::evaluation
