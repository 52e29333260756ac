#include "evaluation/repeated.h"

#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "evaluation/bootstrap.h"
#include "evaluation/report_sections_internal.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Result<> CheckRepeats(const std::vector<std::vector<FoldMetrics>>& repeats) {
  if (repeats.empty() || repeats.front().empty()) {
    return base::InvalidInput("averaging repeats needs at least one repeat of one fold");
  }
  for (size_t r = 0; r < repeats.size(); ++r) {
    if (repeats[r].size() != repeats.front().size()) {
      return base::InvalidInput(format("repeat {} has {} folds but repeat 0 has {}", r,
                                       repeats[r].size(), repeats.front().size()));
    }
  }
  return {};
}

std::set<std::string> NamesOf(const std::vector<std::vector<FoldMetrics>>& repeats) {
  std::set<std::string> names;
  for (const auto& folds : repeats) {
    for (const FoldMetrics& fold : folds) {
      for (const auto& [name, value] : fold) names.insert(name);
    }
  }
  return names;
}

double MeanOf(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return values.empty() ? kNaN : sum / static_cast<double>(values.size());
}

double DeviationOf(const std::vector<double>& values) {
  if (values.size() < 2) return kNaN;
  double mean = MeanOf(values), sum = 0;
  for (double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

// Means over the folds of each repeat in which the metric exists.
std::vector<double> RepeatMeans(const std::vector<std::vector<FoldMetrics>>& repeats,
                                const std::string& name) {
  std::vector<double> means;
  for (const std::vector<FoldMetrics>& folds : repeats) {
    std::vector<double> values;
    for (const FoldMetrics& fold : folds) {
      auto found = fold.find(name);
      if (found != fold.end() && std::isfinite(found->second)) values.push_back(found->second);
    }
    if (!values.empty()) means.push_back(MeanOf(values));
  }
  return means;
}

void CollectNumbers(const Json& node, const std::string& path, FoldMetrics* metrics) {
  if (node.is_number()) metrics->emplace(path, node.AsDouble());
  for (const auto& [name, value] : node.members()) {
    CollectNumbers(value, path.empty() ? name : format("{}.{}", path, name), metrics);
  }
}

}  // namespace

Result<std::map<std::string, RepeatedMetric>> AverageRepeats(
    const std::vector<std::vector<FoldMetrics>>& repeats) {
  TRY(CheckRepeats(repeats));
  std::map<std::string, RepeatedMetric> averaged;
  for (const std::string& name : NamesOf(repeats)) {
    std::vector<double> means = RepeatMeans(repeats, name);
    Interval spread = PercentileInterval(MeanOf(means), means);
    averaged[name] = {spread.value, spread.low, spread.high, DeviationOf(means),
                      static_cast<int>(means.size())};
  }
  return averaged;
}

FoldMetrics FlatMetrics(const Json& report) {
  FoldMetrics metrics;
  CollectNumbers(report, "", &metrics);
  return metrics;
}

Result<Json> RepeatedJson(const std::vector<std::vector<FoldMetrics>>& repeats) {
  auto averaged = TRY(AverageRepeats(repeats));
  Json metrics = Json::Object();
  for (const auto& [name, metric] : averaged) {
    metrics.Set(name, Json::Object({{"mean", metric.mean},
                                    {"low", metric.low},
                                    {"high", metric.high},
                                    {"deviation", metric.deviation},
                                    {"repeats", metric.repeats}}));
  }
  Json json;
  json.Set("repeats", static_cast<int64_t>(repeats.size()));
  json.Set("folds", static_cast<int64_t>(repeats.front().size()));
  json.Set("metrics", std::move(metrics));
  NullWhereNotFinite(&json);
  return json;
}

}  // namespace codman::evaluation
