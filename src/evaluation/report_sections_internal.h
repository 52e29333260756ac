// The sections of the report, one pure function each. Everything they need was checked by
// CheckPredictions.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "evaluation/bootstrap.h"
#include "evaluation/predictions.h"
#include "evaluation/report.h"
#include "evaluation/row_groups.h"
#include "evaluation/subgroup_levels.h"

namespace codman::evaluation {

// What all sections share. Borrows the caller's rows and options.
struct Judged {
  const Predictions& rows;
  const ReportOptions& options;
  RowGroups subjects, encounters;
  ClusterBootstrap bootstrap;
  std::vector<std::string> warnings;
};

// What reports of all kinds begin and end with: kind, title, synthetic and context; warnings, and
// null wherever a number is not finite.
Json BeginReport(const char* kind, const ReportOptions& options);
Json FinishReport(const Judged& judged, Json report);
// JSON has no word for NaN and infinity: the tree in memory says null as its text will.
void NullWhereNotFinite(Json* node);
// Sets rows, subjects and bootstrap; warns where there are no intervals.
void AddSample(Judged* judged, Json* report);

// Sets name, name_low and name_high.
void SetInterval(Json* object, const std::string& name, const Interval& interval);

// Slope, intercept, bins and histogram of any risks of an event against 0/1 labels.
Json CalibrationJson(const std::vector<double>& risks, const std::vector<double>& labels,
                     const RowGroups& subjects);
Json RocJson(const std::vector<double>& risks, const std::vector<double>& labels);
// Gaps with the names of their measures.
Json GapsJson(const std::vector<SubgroupGap>& gaps, const std::vector<std::string>& measures);

// Sets discrimination and comparators: one bootstrap, so that the differences are paired.
void AddDiscrimination(Judged* judged, Json* report);
// Sets operating_point, brier and utility.
void AddOperatingPoint(Judged* judged, Json* report);
// Also adds the parts of the Brier score: comes after AddOperatingPoint.
void AddCalibration(Judged* judged, Json* report);
// Fails where time goes back within an encounter.
Result<> AddAlertBurden(Judged* judged, Json* report);
// Sets roc, pr and decision_curve.
void AddCurves(Judged* judged, Json* report);
void AddSubgroups(Judged* judged, Json* report);

}  // namespace codman::evaluation
