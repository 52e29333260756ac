#include "evaluation/report.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/text.h"
#include "evaluation/report_checks_internal.h"
#include "evaluation/report_sections_internal.h"

namespace codman::evaluation {
namespace {

// Vergouwe et al. (J Clin Epidemiol 58:475–483, 2005) and Collins et al. (Stat Med 35:214–226,
// 2016) ask for at least 100 events in a validation.
constexpr int64_t kFewEvents = 100;

void AddCounts(Judged* judged, Json* report) {
  const Predictions& rows = judged->rows;
  int64_t events = std::count(rows.label.begin(), rows.label.end(), 1.0);
  std::set<int32_t> with_event;
  for (size_t row = 0; row < rows.label.size(); ++row) {
    if (rows.label[row] == 1) with_event.insert(judged->subjects.group_of_row()[row]);
  }
  int64_t event_subjects = static_cast<int64_t>(with_event.size());
  AddSample(judged, report);
  report->Set("encounters", judged->encounters.count());
  report->Set("events", events);
  report->Set("event_subjects", event_subjects);
  report->Set("prevalence", static_cast<double>(events) / static_cast<double>(rows.risk.size()));
  if (event_subjects < kFewEvents) {
    judged->warnings.push_back(
        format("only {} subjects have an event (100 are the usual minimum for a validation): "
               "read the intervals, not the points",
               event_subjects));
  }
}

}  // namespace

void NullWhereNotFinite(Json* node) {
  if (node->is_number() && !std::isfinite(node->AsDouble())) *node = Json();
  for (Json& item : node->items()) NullWhereNotFinite(&item);
  for (auto& [name, value] : node->members()) NullWhereNotFinite(&value);
}

Json BeginReport(const char* kind, const ReportOptions& options) {
  Json report;
  report.Set("kind", kind);
  report.Set("title", options.title);
  report.Set("synthetic", options.synthetic);
  report.Set("context", options.context);
  return report;
}

Json FinishReport(const Judged& judged, Json report) {
  report.Set("warnings", Json::Array(judged.warnings));
  NullWhereNotFinite(&report);
  return report;
}

void AddSample(Judged* judged, Json* report) {
  report->Set("rows", static_cast<int64_t>(judged->rows.label.size()));
  report->Set("subjects", judged->subjects.count());
  report->Set("bootstrap", Json::Object({{"replicates", judged->bootstrap.replicates()},
                                         {"seed", judged->options.seed}}));
  if (judged->bootstrap.replicates() > 0) return;
  judged->warnings.push_back("no intervals were computed (bootstrap_replicates is 0)");
}

Result<Json> Evaluate(const Predictions& predictions, const ReportOptions& options) {
  TRY(CheckPredictions(predictions, options));
  RowGroups subjects(predictions.subject);
  RowGroups encounters(predictions.encounter.empty() ? predictions.subject : predictions.encounter);
  TRY(CheckEncounters(encounters, subjects));
  ClusterBootstrap bootstrap(subjects.count(), options.bootstrap_replicates, options.seed);
  Judged judged{predictions, options, std::move(subjects), std::move(encounters), bootstrap, {}};

  Json report = BeginReport("binary", options);
  AddCounts(&judged, &report);
  AddDiscrimination(&judged, &report);
  AddOperatingPoint(&judged, &report);
  AddCalibration(&judged, &report);
  TRY(AddAlertBurden(&judged, &report));
  AddCurves(&judged, &report);
  AddSubgroups(&judged, &report);
  return FinishReport(judged, std::move(report));
}

}  // namespace codman::evaluation
