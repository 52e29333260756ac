// What alerting costs and brings at the bedside: alerts per 100 patient-days, how many are right,
// how many events are announced and how long before.
//
// An alert is a row with risk >= threshold. It is right if its label is 1 (the event follows within
// the horizon). An event encounter has a label 1 somewhere; it is announced if a counted alert is
// right. The event is dated at the first row of the run of ones + horizon; a run that begins with
// the encounter's first row cannot be dated and gives no lead time. Patient-days: last − first
// prediction of each encounter plus one step (the median gap between predictions).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {

enum class AlertPolicy {
  kEvery,              // each row at or above the threshold
  kFirstPerEncounter,  // later ones are not shown
  kSilenced,           // none within silence_hours of the last one shown
};

struct EncounterAlerts {
  int64_t alerts = 0, right_alerts = 0;
  bool announced = false;
  double lead_hours =
      0;  // of the first right alert; negative after the event; NaN where undated or not announced
};

// Ratios are NaN where nothing stands below the line; per_100_patient_days also where every
// encounter has one row.
struct AlertBurden {
  double threshold = 0;
  int64_t alerts = 0, right_alerts = 0, announced_encounters = 0;
  int64_t alerts_in_event_encounters = 0, alerted_event_encounters = 0;
  double per_100_patient_days = 0, per_100_encounters = 0;
  double ppv = 0, sensitivity = 0;  // of alerts; of event encounters
  // The lenient reading, for comparison with other reports: any alert in an event encounter is
  // right, however early or late.
  double ppv_any_time = 0, sensitivity_any_time = 0;
  double median_lead_hours = 0;
  int64_t dated_encounters = 0;  // over which the median runs
};

class AlertCounter {
 public:
  // encounters: groups of the rows of the other spans. Refuses rows of an encounter that go back in
  // time.
  static Result<AlertCounter> Create(const RowGroups& encounters, std::span<const int64_t> time_us,
                                     std::span<const double> risks, std::span<const double> labels,
                                     double horizon_hours, double silence_hours);

  int32_t num_encounters() const { return static_cast<int32_t>(begins_.size()) - 1; }
  int64_t num_event_encounters() const { return num_event_encounters_; }
  bool HasEvent(int32_t encounter) const { return has_event_[encounter] != 0; }
  double PatientDays(int32_t encounter) const;  // NaN where no encounter has two rows
  double patient_days() const { return patient_days_; }

  EncounterAlerts CountEncounter(int32_t encounter, AlertPolicy policy, double threshold) const;
  AlertBurden Count(AlertPolicy policy, double threshold) const;
  // At most `max_points` distinct thresholds, falling, at which from 0.1 % to 60 % of the rows
  // alert.
  std::vector<double> CurveThresholds(int max_points) const;

 private:
  AlertCounter() = default;
  void DatePatientTime();

  double silence_hours_ = 0, step_hours_ = 0, patient_days_ = 0;
  int64_t num_event_encounters_ = 0;
  // Rows, encounter after encounter, in time order.
  std::vector<double> risk_, hour_,
      event_hour_;  // event_hour_: of the run of ones; NaN where undated
  std::vector<uint8_t> label_;
  std::vector<size_t> begins_;
  std::vector<uint8_t> has_event_;
};

}  // namespace codman::evaluation
