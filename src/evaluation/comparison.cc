#include "evaluation/comparison.h"

#include <cmath>
#include <utility>

#include "base/text.h"
#include "evaluation/bootstrap.h"
#include "evaluation/delong.h"
#include "evaluation/multiclass.h"
#include "evaluation/ranked_rows.h"
#include "evaluation/regression.h"
#include "evaluation/report_checks_internal.h"
#include "evaluation/report_sections_internal.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {
namespace {

struct Measure {
  const char* name;
  bool higher_is_better;
};

// The rows with `other` as their only comparator, so that the reports' own checks apply.
Predictions Paired(const Predictions& rows, const std::vector<double>& other,
                   const ComparisonOptions& options) {
  Predictions pair = rows;
  pair.subgroups.clear();
  pair.comparators = {{options.other, other}};
  return pair;
}

ReportOptions Checked(const ComparisonOptions& options) {
  ReportOptions checked;
  checked.bootstrap_replicates = options.bootstrap_replicates;
  checked.seed = options.seed;
  checked.class_names = options.class_names;
  return checked;
}

const char* VerdictOf(const Interval& difference, bool higher_is_better) {
  // Without an interval (NaN) neither comparison holds.
  if (difference.low > 0) return higher_is_better ? "better" : "worse";
  if (difference.high < 0) return higher_is_better ? "worse" : "better";
  return "not shown";
}

// `statistics` gives the measures of the model, then those of the other.
Json CompareMeasures(const char* kind, const RowGroups& subjects, const ComparisonOptions& options,
                     const std::vector<Measure>& measures,
                     const ClusterBootstrap::Statistics& statistics) {
  ClusterBootstrap bootstrap(subjects.count(), options.bootstrap_replicates, options.seed);
  size_t count = measures.size();
  auto intervals = bootstrap.Intervals([&](std::span<const int32_t> times) {
    std::vector<double> values = statistics(times);
    for (size_t m = 0; m < count; ++m) values.push_back(values[m] - values[count + m]);
    return values;
  });
  Json list = Json::Array(std::vector<Json>{});
  for (size_t m = 0; m < count; ++m) {
    const Interval& difference = intervals[2 * count + m];
    Json row;
    row.Set("name", measures[m].name).Set("higher_is_better", measures[m].higher_is_better);
    SetInterval(&row, "model", intervals[m]);
    SetInterval(&row, "other", intervals[count + m]);
    SetInterval(&row, "difference", difference);
    row.Set("verdict", VerdictOf(difference, measures[m].higher_is_better));
    list.Add(std::move(row));
  }
  Json json;
  json.Set("kind", kind).Set("model", options.model).Set("other", options.other);
  json.Set("rows", subjects.num_rows()).Set("subjects", subjects.count());
  json.Set("bootstrap",
           Json::Object({{"replicates", options.bootstrap_replicates}, {"seed", options.seed}}));
  json.Set("measures", std::move(list));
  return json;
}

enum BrierQuantity { kRows, kOwn, kTheirs, kNumQuantities };

ClusterSums SumBriers(const Predictions& rows, const std::vector<double>& other,
                      const RowGroups& subjects) {
  ClusterSums sums(subjects.count(), kNumQuantities);
  for (size_t row = 0; row < other.size(); ++row) {
    int32_t subject = subjects.group_of_row()[row];
    double own = rows.risk[row] - rows.label[row], theirs = other[row] - rows.label[row];
    sums.Add(subject, kRows, 1);
    sums.Add(subject, kOwn, own * own);
    sums.Add(subject, kTheirs, theirs * theirs);
  }
  return sums;
}

}  // namespace

Result<Json> CompareBinary(const Predictions& rows, const std::vector<double>& other,
                           const ComparisonOptions& options) {
  TRY(CheckPredictions(Paired(rows, other, options), Checked(options)));
  for (size_t row = 0; row < other.size(); ++row) {
    if (other[row] >= 0 && other[row] <= 1) continue;
    return base::InvalidInput(format("risk of row {} of '{}' is {}: it must be a probability", row,
                                     options.other, other[row]));
  }
  RowGroups subjects(rows.subject);
  RankedRows own(rows.risk, rows.label, subjects.group_of_row());
  RankedRows theirs(other, rows.label, subjects.group_of_row());
  ClusterSums briers = SumBriers(rows, other, subjects);
  Json json = CompareMeasures(
      "binary", subjects, options, {{"auroc", true}, {"auprc", true}, {"brier", false}},
      [&](std::span<const int32_t> times) {
        Discrimination a = own.Judge(times), b = theirs.Judge(times);
        std::vector<double> sum = briers.Total(times);
        return std::vector<double>{a.auroc, a.auprc, sum[kOwn] / sum[kRows],
                                   b.auroc, b.auprc, sum[kTheirs] / sum[kRows]};
      });
  DelongComparison delong = CompareDelong(rows.risk, other, rows.label);
  json.Set("delong", Json::Object({{"difference", delong.difference},
                                   {"low", delong.low},
                                   {"high", delong.high},
                                   {"z", delong.z},
                                   {"p", delong.p}}));
  NullWhereNotFinite(&json);
  return json;
}

Result<Json> CompareRegression(const Predictions& rows, const std::vector<double>& other,
                               const ComparisonOptions& options) {
  TRY(CheckRegression(Paired(rows, other, options), Checked(options)));
  RowGroups subjects(rows.subject);
  RegressionSample own({rows.risk, rows.label, {}, {}}, subjects.group_of_row(), subjects.count());
  RegressionSample theirs({other, rows.label, {}, {}}, subjects.group_of_row(), subjects.count());
  Json json = CompareMeasures(
      "regression", subjects, options, {{"rmse", false}, {"mae", false}, {"r2", true}},
      [&](std::span<const int32_t> times) {
        RegressionScores a = own.Judge(times), b = theirs.Judge(times);
        return std::vector<double>{a.rmse, a.mae, a.r2, b.rmse, b.mae, b.r2};
      });
  NullWhereNotFinite(&json);
  return json;
}

Result<Json> CompareMulticlass(const Predictions& rows, const std::vector<double>& other,
                               const ComparisonOptions& options) {
  TRY(CheckMulticlass(Paired(rows, other, options), Checked(options)));
  RowGroups subjects(rows.subject);
  std::vector<int32_t> label(rows.label.begin(), rows.label.end());
  int classes = static_cast<int>(options.class_names.size());
  MulticlassSample own({rows.class_probability, label, classes}, subjects.group_of_row(),
                       subjects.count());
  MulticlassSample theirs({other, label, classes}, subjects.group_of_row(), subjects.count());
  const std::vector<Measure> kMeasures = {{"macro_auroc", true}, {"hand_till_auroc", true},
                                          {"accuracy", true},    {"balanced_accuracy", true},
                                          {"brier", false},      {"log_loss", false}};
  auto values = [](const MulticlassScores& s) {
    return std::vector<double>{s.macro_auroc,       s.hand_till_auroc, s.accuracy,
                               s.balanced_accuracy, s.brier,           s.log_loss};
  };
  Json json = CompareMeasures("multiclass", subjects, options, kMeasures,
                              [&](std::span<const int32_t> times) {
                                auto both = values(own.Judge(times));
                                auto second = values(theirs.Judge(times));
                                both.insert(both.end(), second.begin(), second.end());
                                return both;
                              });
  NullWhereNotFinite(&json);
  return json;
}

const Json& HeadMeasure(const Json& comparison) {
  static const Json none;
  for (const Json& measure : comparison["measures"].items()) {
    for (const char* head : {"auroc", "macro_auroc", "r2"}) {
      if (measure["name"].AsString() == head) return measure;
    }
  }
  return none;
}

}  // namespace codman::evaluation
