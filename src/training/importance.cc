#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "training/importance_internal.h"

namespace codman::training {
namespace {

constexpr int64_t kSampleRows = 2000;
constexpr size_t kParts = 10;

// Contributions of one contract feature beside its values, row by row.
struct Leaning {
  std::vector<double> contribution;
  std::vector<double> value;  // NaN where it is missing; empty where it is no input itself
  double mean_abs = 0;
};

// One line of contributions per row and output to one sum per row and contract feature. Of several
// outputs the strongest counts.
std::vector<Leaning> LeaningsOf(const Run& run, const columns::DenseMatrix& rows,
                                const std::vector<double>& contributions, size_t outputs) {
  const auto& columns = run.plan->columns();
  const auto& contract = run.plan->contract();
  std::vector<Leaning> leanings(contract.size());
  auto num_rows = static_cast<size_t>(rows.num_rows());
  std::vector<double> sums(contract.size());
  for (auto& leaning : leanings) leaning.contribution.resize(num_rows);
  for (size_t i = 0; i < num_rows; ++i) {
    for (size_t output = 0; output < outputs; ++output) {
      std::fill(sums.begin(), sums.end(), 0);
      const double* line = contributions.data() + (i * outputs + output) * (columns.size() + 1);
      for (size_t k = 0; k < columns.size(); ++k)
        sums[static_cast<size_t>(columns[k].contract)] += line[k];
      for (size_t c = 0; c < sums.size(); ++c) {
        double& kept = leanings[c].contribution[i];
        if (std::fabs(sums[c]) > std::fabs(kept)) kept = sums[c];
      }
    }
  }
  for (size_t k = 0; k < columns.size(); ++k) {
    auto c = static_cast<size_t>(columns[k].contract);
    if (columns[k].name != contract[c].id) continue;
    for (size_t i = 0; i < num_rows; ++i)
      leanings[c].value.push_back(rows.Row(static_cast<int64_t>(i))[k]);
  }
  for (auto& leaning : leanings) {
    for (double contribution : leaning.contribution)
      leaning.mean_abs += std::fabs(contribution) / static_cast<double>(num_rows);
  }
  return leanings;
}

// The part of each row: by value, missing ones apart; levels and few values each on their own.
std::vector<size_t> PartsOf(const std::vector<double>& values, size_t* num_parts) {
  std::vector<double> sorted;
  for (double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> uppers;
  for (size_t part = 1; part <= kParts && !sorted.empty(); ++part) {
    double upper = sorted[std::min(sorted.size() - 1, part * sorted.size() / kParts)];
    if (uppers.empty() || upper > uppers.back()) uppers.push_back(upper);
  }
  std::vector<size_t> parts;
  for (double value : values) {
    parts.push_back(std::isnan(value) ? uppers.size()
                                      : static_cast<size_t>(
                                            std::lower_bound(uppers.begin(), uppers.end(), value) -
                                            uppers.begin()));
  }
  *num_parts = uppers.size() + 1;
  return parts;
}

void AddDependence(const features::ContractFeature& feature, const Leaning& leaning, Json* entry) {
  size_t num_parts = 0;
  auto parts = PartsOf(leaning.value, &num_parts);
  struct Sum {
    double value = 0, contribution = 0, rows = 0;
  };
  std::vector<Sum> sums(num_parts);
  double mean = 0, total = 0, within = 0;
  auto count = static_cast<double>(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    Sum& sum = sums[parts[i]];
    sum.value += leaning.value[i];
    sum.contribution += leaning.contribution[i];
    ++sum.rows;
    mean += leaning.contribution[i] / count;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    const Sum& sum = sums[parts[i]];
    total += std::pow(leaning.contribution[i] - mean, 2);
    within += std::pow(leaning.contribution[i] - sum.contribution / sum.rows, 2);
  }
  Json dependence = Json::Array();
  for (const Sum& sum : sums) {
    if (sum.rows == 0) continue;
    double value = sum.value / sum.rows;
    auto word = features::WordOf(feature, value);
    Json shown = std::isnan(value) ? Json() : Json(value);
    if (!word.empty()) shown = std::string(word);
    dependence.Add(Json::Object({{"value", shown},
                                 {"contribution", sum.contribution / sum.rows},
                                 {"rows", static_cast<int64_t>(sum.rows)}}));
  }
  entry->Set("interaction", total > 0 ? within / total : 0).Set("dependence", dependence);
}

}  // namespace

Result<Json> ImportanceOf(const Run& run, const models::Model& model,
                          const std::vector<uint8_t>& judged) {
  auto rows = TRY(LoadRows(run.offline.matrix.get(), Thinned(judged, kSampleRows)));
  auto outputs = static_cast<size_t>(model.num_outputs());
  std::vector<double> contributions(static_cast<size_t>(rows.num_rows()) * outputs *
                                    (run.plan->columns().size() + 1));
  TRY(rows.Scan([&](const columns::MatrixBlock& block) -> Result<> {
    size_t width = outputs * (run.plan->columns().size() + 1);
    model.Explain(block.values, std::span(contributions)
                                    .subspan(static_cast<size_t>(block.first_row) * width,
                                             static_cast<size_t>(block.num_rows) * width));
    return {};
  }));
  auto leanings = LeaningsOf(run, rows, contributions, outputs);
  double all = 0;
  for (const auto& leaning : leanings) all += leaning.mean_abs;
  std::vector<size_t> order(leanings.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return leanings[a].mean_abs > leanings[b].mean_abs; });
  Json importance = Json::Array();
  for (size_t c : order) {
    const auto& feature = run.plan->contract()[c];
    if (feature.inner) continue;
    Json entry = Json::Object({{"feature", feature.id},
                               {"label", feature.label},
                               {"unit", feature.unit},
                               {"mean_abs", leanings[c].mean_abs},
                               {"share", all > 0 ? leanings[c].mean_abs / all : 0}});
    if (!leanings[c].value.empty()) AddDependence(feature, leanings[c], &entry);
    importance.Add(std::move(entry));
  }
  return importance;
}

}  // namespace codman::training
