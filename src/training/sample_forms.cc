#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "features/kernel.h"
#include "training/sample_forms_internal.h"

namespace codman::training {
namespace {

constexpr size_t kFewestRows = 20;

struct Group {
  std::string name, description;
  std::vector<uint8_t> rows;
};

std::vector<Group> GroupsOf(const Run& run, const std::vector<uint8_t>& train) {
  const auto& labels = run.offline.rows.label;
  auto where = [&](std::string name, std::string description, const auto& holds) {
    Group group{std::move(name), std::move(description), train};
    for (size_t i = 0; i < train.size(); ++i) group.rows[i] = train[i] != 0 && holds(labels[i]);
    return group;
  };
  const registry::Target& target = run.target();
  std::vector<Group> groups;
  if (target.objective == models::Objective::kRegression) {
    auto sorted = Kept(labels, train);
    std::sort(sorted.begin(), sorted.end());
    double half = sorted[sorted.size() / 2], dear = sorted[sorted.size() * 9 / 10];
    groups.push_back(where("Usual", "made up: the middle of the lower half of training rows",
                           [&](double label) { return label <= half; }));
    groups.push_back(where("High", "made up: the middle of the highest tenth of training rows",
                           [&](double label) { return label >= dear; }));
  } else if (target.objective == models::Objective::kMulticlass) {
    for (size_t k = 0; k < target.classes.size(); ++k) {
      groups.push_back(where(target.classes[k],
                             "made up: the middle of training rows of this class",
                             [&](double label) { return label == static_cast<double>(k); }));
    }
  } else {
    groups.push_back(where("Without the event", "made up: the middle of training rows without it",
                           [](double label) { return label == 0; }));
    groups.push_back(where("With the event", "made up: the middle of training rows with it",
                           [](double label) { return label == 1; }));
  }
  return groups;
}

double MedianOf(std::vector<double>* values) {
  auto middle = values->begin() + static_cast<int64_t>(values->size() / 2);
  std::nth_element(values->begin(), middle, values->end());
  return *middle;
}

double MostFrequent(const std::vector<double>& values) {
  std::map<double, int> counts;
  for (double value : values) ++counts[value];
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

// To two decimals; of what is smaller than one, three digits that count.
double Rounded(double value) {
  if (value == 0) return 0;
  double scale = std::pow(10, std::max(2.0, 2 - std::floor(std::log10(std::fabs(value)))));
  return std::round(value * scale) / scale;
}

// The values of a contract feature in the rows of a matrix: its own column, or the level whose
// column is 1.
std::vector<double> ValuesOf(const Run& run, const columns::DenseMatrix& rows, int contract) {
  std::vector<double> values;
  const auto& columns = run.plan->columns();
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    auto row = rows.Row(i);
    for (size_t k = 0; k < columns.size(); ++k) {
      if (columns[k].contract != contract) continue;
      bool own = columns[k].name == run.plan->contract()[static_cast<size_t>(contract)].id;
      if (own && !std::isnan(row[k])) values.push_back(row[k]);
      if (columns[k].level >= 0 && row[k] == 1) values.push_back(columns[k].level);
    }
  }
  return values;
}

Json FormOf(const Run& run, const columns::DenseMatrix& rows) {
  Json form = Json::Object();
  const auto& contract = run.plan->contract();
  for (size_t c = 0; c < contract.size(); ++c) {
    if (!contract[c].expression.empty()) continue;
    auto values = ValuesOf(run, rows, static_cast<int>(c));
    if (static_cast<int64_t>(values.size()) * 2 < rows.num_rows() || values.empty()) continue;
    auto word = features::WordOf(contract[c], MostFrequent(values));
    if (!word.empty())
      form.Set(contract[c].id, std::string(word));
    else
      form.Set(contract[c].id, Rounded(MedianOf(&values)));
  }
  return form;
}

}  // namespace

Result<Json> SampleForms(const Run& run, const std::vector<uint8_t>& train) {
  Json forms = Json::Array();
  for (auto& group : GroupsOf(run, train)) {
    auto rows = TRY(LoadRows(run.offline.matrix.get(), group.rows));
    if (static_cast<size_t>(rows.num_rows()) < kFewestRows) continue;
    forms.Add(Json::Object({{"name", group.name},
                            {"description", group.description},
                            {"features", FormOf(run, rows)}}));
  }
  return forms;
}

}  // namespace codman::training
