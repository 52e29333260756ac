#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/text.h"
#include "evaluation/regression.h"
#include "evaluation/report.h"
#include "evaluation/report_checks_internal.h"
#include "evaluation/report_sections_internal.h"
#include "evaluation/subgroup_levels.h"

namespace codman::evaluation {
namespace {

// Below as many subjects the scores of a level are noise.
constexpr int64_t kMinSubjects = 20;
constexpr int kScatterCells = 40, kResidualBars = 40;

RegressionRows RowsOf(const Predictions& rows) {
  return {rows.risk, rows.label, rows.lower, rows.upper};
}

RegressionSample SampleOf(const Judged& judged, const RegressionRows& rows) {
  return {rows, judged.subjects.group_of_row(), judged.subjects.count()};
}

double MeanOf(const std::vector<double>& values) {
  double mean = 0;
  for (double value : values) mean += value / static_cast<double>(values.size());
  return mean;
}

double DeviationOf(const std::vector<double>& values) {
  double mean = MeanOf(values), sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

// Model, then rmse, mae, r2 and the differences of r2 and rmse of each comparator.
constexpr size_t kModelScores = 7, kComparatorScores = 5;

std::vector<double> AllScores(const RegressionSample& model,
                              const std::vector<RegressionSample>& others,
                              std::span<const int32_t> times) {
  RegressionScores own = model.Judge(times);
  std::vector<double> all = {
      own.rmse, own.mae, own.median_absolute_error, own.r2, own.bias, own.coverage, own.mean_width};
  for (const RegressionSample& other : others) {
    RegressionScores theirs = other.Judge(times);
    all.insert(all.end(),
               {theirs.rmse, theirs.mae, theirs.r2, own.r2 - theirs.r2, own.rmse - theirs.rmse});
  }
  return all;
}

void AddComparators(Judged* judged, const Interval* next, Json* report) {
  Json comparators = Json::Array(std::vector<Json>{});
  for (const auto& [name, scores] : judged->rows.comparators) {
    Json row;
    row.Set("name", name);
    const char* kNames[] = {"rmse", "mae", "r2", "difference", "rmse_difference"};
    for (size_t i = 0; i < kComparatorScores; ++i) SetInterval(&row, kNames[i], next[i]);
    comparators.Add(std::move(row));
    if (next[3].low <= 0) {
      judged->warnings.push_back(
          format("the model is not shown to be better than '{}': R² difference {:.4f} (95 % "
                 "interval {:.4f} to {:.4f})",
                 name, next[3].value, next[3].low, next[3].high));
    }
    next += kComparatorScores;
  }
  report->Set("comparators", std::move(comparators));
}

void AddIntervalCoverage(Judged* judged, const Interval& coverage, const Interval& width,
                         Json* report) {
  report->Set("interval", Json());
  if (judged->rows.lower.empty()) return;
  double nominal = judged->options.interval_coverage;
  Json interval;
  interval.Set("nominal", nominal);
  SetInterval(&interval, "coverage", coverage);
  SetInterval(&interval, "mean_width", width);
  report->Set("interval", std::move(interval));
  if (!(coverage.high < nominal || coverage.low > nominal)) return;
  judged->warnings.push_back(
      format("the intervals promise to hold {:.0f} % of the truths and hold {:.1f} % (95 % "
             "interval {:.1f} to {:.1f})",
             nominal * 100, coverage.value * 100, coverage.low * 100, coverage.high * 100));
}

void AddScores(Judged* judged, Json* report) {
  RegressionSample model = SampleOf(*judged, RowsOf(judged->rows));
  std::vector<RegressionSample> others;
  for (const auto& [name, scores] : judged->rows.comparators) {
    others.push_back(SampleOf(*judged, {scores, judged->rows.label, {}, {}}));
  }
  auto intervals = judged->bootstrap.Intervals(
      [&](std::span<const int32_t> times) { return AllScores(model, others, times); });
  Json regression;
  const char* kNames[] = {"rmse", "mae", "median_absolute_error", "r2", "bias"};
  for (size_t i = 0; i < std::size(kNames); ++i) SetInterval(&regression, kNames[i], intervals[i]);
  regression.Set("mean_observed", MeanOf(judged->rows.label));
  regression.Set("sd_observed", DeviationOf(judged->rows.label));
  report->Set("regression", std::move(regression));
  AddIntervalCoverage(judged, intervals[5], intervals[6], report);
  AddComparators(judged, intervals.data() + kModelScores, report);
  if (intervals[3].value <= 0) {
    judged->warnings.push_back("R² is not above 0: the mean of all truths predicts as well");
  }
}

void AddDeciles(const Judged& judged, Json* report) {
  Json list = Json::Array(std::vector<Json>{});
  for (const PredictedDecile& decile :
       JudgeDeciles(RowsOf(judged.rows), judged.subjects.group_of_row(), judged.bootstrap)) {
    Json row;
    row.Set("mean_predicted", decile.mean_predicted);
    SetInterval(&row, "mean_observed", decile.mean_observed);
    SetInterval(&row, "coverage", decile.coverage);
    SetInterval(&row, "mean_width", decile.mean_width);
    row.Set("rows", decile.rows);
    list.Add(std::move(row));
  }
  report->Set("deciles", std::move(list));
}

// A step of two significant digits of a range: ends rounded to it are no row's own numbers.
double RoundStep(double range) {
  return range > 0 ? std::pow(10, std::floor(std::log10(range)) - 1) : 1;
}

void AddScatter(const Predictions& rows, Json* report) {
  auto [least, most] = std::minmax_element(rows.risk.begin(), rows.risk.end());
  auto [lowest, highest] = std::minmax_element(rows.label.begin(), rows.label.end());
  double low = std::min(*least, *lowest), high = std::max(*most, *highest);
  double unit = RoundStep(high - low);
  low = std::floor(low / unit) * unit;
  high = std::ceil(high / unit) * unit;
  double step = high > low ? (high - low) / kScatterCells : 1;
  auto cell = [&](double value) {
    return std::clamp(static_cast<int>((value - low) / step), 0, kScatterCells - 1);
  };
  std::map<std::pair<int, int>, int64_t> counts;
  for (size_t i = 0; i < rows.risk.size(); ++i) ++counts[{cell(rows.risk[i]), cell(rows.label[i])}];
  Json cells = Json::Array(std::vector<Json>{});
  for (const auto& [place, count] : counts) {
    cells.Add(Json::Object({{"predicted", low + (place.first + 0.5) * step},
                            {"observed", low + (place.second + 0.5) * step},
                            {"rows", count}}));
  }
  report->Set("scatter", Json::Object({{"low", low}, {"high", high}, {"cells", std::move(cells)}}));
}

void AddResiduals(const Predictions& rows, Json* report) {
  std::vector<double> errors, sizes;
  for (size_t i = 0; i < rows.risk.size(); ++i) {
    errors.push_back(rows.risk[i] - rows.label[i]);
    sizes.push_back(std::abs(errors.back()));
  }
  // 99 rows in 100 lie within; a few extreme ones would flatten all others.
  std::sort(sizes.begin(), sizes.end());
  double reach = sizes[(sizes.size() - 1) * 99 / 100];
  reach = reach > 0 ? std::ceil(reach / RoundStep(reach)) * RoundStep(reach) : 1;
  std::vector<double> counts(kResidualBars, 0.0);
  for (double error : errors) {
    double place = (error + reach) / (2 * reach) * kResidualBars;
    ++counts[static_cast<size_t>(std::clamp(place, 0.0, kResidualBars - 1.0))];
  }
  report->Set("residuals",
              Json::Object({{"from", -reach}, {"to", reach}, {"counts", Json::Array(counts)}}));
}

Json SubgroupJson(const Predictions& rows, const SubgroupLevel& level) {
  double predicted = 0, observed = 0, n = static_cast<double>(level.rows.size());
  for (int64_t row : level.rows) {
    predicted += rows.risk[row] / n;
    observed += rows.label[row] / n;
  }
  Json json;
  json.Set("column", level.column).Set("level", level.level);
  json.Set("rows", static_cast<int64_t>(level.rows.size())).Set("subjects", level.subjects);
  json.Set("mean_predicted", predicted).Set("mean_observed", observed);
  return json;
}

void AddRegressionSubgroups(Judged* judged, Json* report) {
  const std::vector<std::string> kMeasures = {"rmse", "mae", "r2", "bias", "coverage"};
  auto levels = LevelsOf(judged->rows, judged->subjects);
  std::vector<uint8_t> enough;
  enough.reserve(levels.size());
  for (const SubgroupLevel& level : levels) enough.push_back(level.subjects >= kMinSubjects);
  auto judge = [&](std::span<const int64_t> rows) -> ClusterBootstrap::Statistics {
    RegressionSample sample(RowsOf(judged->rows), judged->subjects.group_of_row(),
                            judged->subjects.count(), rows);
    return [sample = std::move(sample)](std::span<const int32_t> times) {
      RegressionScores scores = sample.Judge(times);
      return std::vector<double>{scores.rmse, scores.mae, scores.r2, scores.bias, scores.coverage};
    };
  };
  JudgedLevels scores =
      JudgeLevels(levels, enough, judged->bootstrap, static_cast<int>(kMeasures.size()), judge);
  Json list = Json::Array(std::vector<Json>{});
  for (size_t i = 0; i < levels.size(); ++i) {
    Json row = SubgroupJson(judged->rows, levels[i]);
    for (size_t m = 0; m < kMeasures.size(); ++m) {
      SetInterval(&row, kMeasures[m], scores.levels[i].measures[m]);
    }
    list.Add(std::move(row));
  }
  report->Set("subgroups", std::move(list));
  // R² and MAE differ with the spread of a level's own truths: their gaps say little.
  std::erase_if(scores.gaps, [](const SubgroupGap& gap) {
    return gap.measure == 1 || gap.measure == 2 || std::isnan(gap.gap.value);
  });
  report->Set("subgroup_gaps", GapsJson(scores.gaps, kMeasures));
  auto too_small = std::count(enough.begin(), enough.end(), uint8_t{0});
  if (too_small == 0) return;
  judged->warnings.push_back(
      format("{} subgroups have fewer than {} subjects: no scores are given for them", too_small,
             kMinSubjects));
}

}  // namespace

Result<Json> EvaluateRegression(const Predictions& predictions, const ReportOptions& options) {
  TRY(CheckRegression(predictions, options));
  RowGroups subjects(predictions.subject);
  ClusterBootstrap bootstrap(subjects.count(), options.bootstrap_replicates, options.seed);
  RowGroups encounters = subjects;
  Judged judged{predictions, options, std::move(subjects), std::move(encounters), bootstrap, {}};

  Json report = BeginReport("regression", options);
  report.Set("unit", options.unit);
  AddSample(&judged, &report);
  AddScores(&judged, &report);
  AddDeciles(judged, &report);
  AddScatter(predictions, &report);
  AddResiduals(predictions, &report);
  AddRegressionSubgroups(&judged, &report);
  return FinishReport(judged, std::move(report));
}

}  // namespace codman::evaluation
