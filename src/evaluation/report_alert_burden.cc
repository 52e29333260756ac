#include <limits>
#include <utility>

#include "base/text.h"
#include "evaluation/alert_burden.h"
#include "evaluation/report_sections_internal.h"

namespace codman::evaluation {
namespace {

struct PolicyRow {
  AlertPolicy policy;
  const char* name;
};
constexpr PolicyRow kPolicies[] = {{AlertPolicy::kEvery, "every_alert"},
                                   {AlertPolicy::kFirstPerEncounter, "first_alert"},
                                   {AlertPolicy::kSilenced, "silenced"}};
constexpr int kMaxCurvePoints = 40;

double Ratio(double above, double below) {
  return below > 0 ? above / below : std::numeric_limits<double>::quiet_NaN();
}

Json BurdenJson(const AlertBurden& burden) {
  return Json::Object({{"threshold", burden.threshold},
                       {"alerts", burden.alerts},
                       {"right_alerts", burden.right_alerts},
                       {"per_100_patient_days", burden.per_100_patient_days},
                       {"per_100_encounters", burden.per_100_encounters},
                       {"ppv", burden.ppv},
                       {"sensitivity", burden.sensitivity},
                       {"ppv_any_time", burden.ppv_any_time},
                       {"sensitivity_any_time", burden.sensitivity_any_time},
                       {"median_lead_hours", burden.median_lead_hours},
                       {"dated_encounters", burden.dated_encounters}});
}

// Alerts per 100 patient-days, PPV and sensitivity, resampled by subject.
std::vector<Interval> IntervalsOf(const Judged& judged, const AlertCounter& counter,
                                  AlertPolicy policy) {
  enum { kAlerts, kRight, kAnnounced, kEvents, kDays, kNumQuantities };
  ClusterSums sums(judged.subjects.count(), kNumQuantities);
  for (int32_t e = 0; e < counter.num_encounters(); ++e) {
    int32_t subject = judged.subjects.group_of_row()[judged.encounters.Rows(e).front()];
    EncounterAlerts counted = counter.CountEncounter(e, policy, judged.options.threshold);
    sums.Add(subject, kAlerts, static_cast<double>(counted.alerts));
    sums.Add(subject, kRight, static_cast<double>(counted.right_alerts));
    sums.Add(subject, kAnnounced, counted.announced ? 1 : 0);
    sums.Add(subject, kEvents, counter.HasEvent(e) ? 1 : 0);
    sums.Add(subject, kDays, counter.PatientDays(e));
  }
  return judged.bootstrap.Intervals([&](std::span<const int32_t> times) {
    std::vector<double> q = sums.Total(times);
    return std::vector<double>{Ratio(100 * q[kAlerts], q[kDays]), Ratio(q[kRight], q[kAlerts]),
                               Ratio(q[kAnnounced], q[kEvents])};
  });
}

Json CurveJson(const AlertCounter& counter) {
  Json curve = Json::Array(std::vector<Json>{});
  for (double threshold : counter.CurveThresholds(kMaxCurvePoints)) {
    Json point;
    point.Set("threshold", threshold);
    point.Set("first_alert", BurdenJson(counter.Count(AlertPolicy::kFirstPerEncounter, threshold)));
    point.Set("silenced", BurdenJson(counter.Count(AlertPolicy::kSilenced, threshold)));
    curve.Add(std::move(point));
  }
  return curve;
}

}  // namespace

Result<> AddAlertBurden(Judged* judged, Json* report) {
  report->Set("alert_burden", Json());
  if (judged->rows.time_us.empty()) {
    judged->warnings.push_back("the rows carry no times: alerts per patient-day cannot be counted");
    return {};
  }
  const ReportOptions& options = judged->options;
  AlertCounter counter =
      TRY(AlertCounter::Create(judged->encounters, judged->rows.time_us, judged->rows.risk,
                               judged->rows.label, options.horizon_hours, options.silence_hours));
  Json burden;
  burden.Set("horizon_hours", options.horizon_hours);
  burden.Set("silence_hours", options.silence_hours);
  burden.Set("event_encounters", counter.num_event_encounters());
  burden.Set("patient_days", counter.patient_days());
  for (const PolicyRow& row : kPolicies) {
    Json policy = BurdenJson(counter.Count(row.policy, options.threshold));
    auto intervals = IntervalsOf(*judged, counter, row.policy);
    SetInterval(&policy, "per_100_patient_days", intervals[0]);
    SetInterval(&policy, "ppv", intervals[1]);
    SetInterval(&policy, "sensitivity", intervals[2]);
    burden.Set(row.name, std::move(policy));
  }
  burden.Set("curve", CurveJson(counter));
  report->Set("alert_burden", std::move(burden));
  return {};
}

}  // namespace codman::evaluation
