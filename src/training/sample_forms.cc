#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "base/text.h"
#include "features/kernel.h"
#include "training/sample_forms_internal.h"

namespace codman::training {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kFewestRows = 20;
constexpr int64_t kMostRows = 5000;  // enough for a median

struct Patient {
  std::string name, description;
  std::vector<double> values;  // one per contract feature; NaN: not given
};
using Patients = std::vector<Patient>;

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

// What the forms of most rows tell, feature by feature.
std::vector<double> MiddleOf(const Run& run, const columns::DenseMatrix& rows) {
  const auto& contract = run.plan->contract();
  std::vector<double> form(contract.size()), middle(contract.size(), kNaN);
  std::vector<std::vector<double>> told(contract.size());
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    run.plan->TellForm(rows.Row(i), form);
    for (size_t c = 0; c < form.size(); ++c) {
      if (!std::isnan(form[c])) told[c].push_back(form[c]);
    }
  }
  for (size_t c = 0; c < contract.size(); ++c) {
    auto& values = told[c];
    if (static_cast<int64_t>(values.size()) * 2 < rows.num_rows() || values.empty()) continue;
    double frequent = MostFrequent(values);
    bool named = !features::WordOf(contract[c], frequent).empty();
    middle[c] = named ? frequent : Rounded(MedianOf(&values));
  }
  return middle;
}

Result<Patients> FromRows(const Run& run, const std::vector<uint8_t>& train) {
  Patients patients;
  for (auto& group : GroupsOf(run, train)) {
    auto rows = TRY(LoadRows(run.offline.matrix.get(), Thinned(std::move(group.rows), kMostRows)));
    if (static_cast<size_t>(rows.num_rows()) < kFewestRows) continue;
    patients.push_back({group.name, group.description, MiddleOf(run, rows)});
  }
  return patients;
}

// A measured value within its reference range, and one beyond it in the direction of harm; NaN
// where there is no such range.
std::pair<double, double> UsualAndIll(const features::ContractFeature& feature,
                                      const events::Concepts& concepts) {
  double low = feature.reference_low, high = feature.reference_high;
  if (feature.concept_index < 0 || (low == 0 && high == 0)) return {kNaN, kNaN};
  double width = std::max(high - low, 0.1 * high), usual = (low + high) / 2, ill = usual;
  auto worst = concepts[feature.concept_index].worst;
  if (worst == events::Worst::kLow) ill = low - 0.4 * width;
  if (worst == events::Worst::kHigh) ill = high + 0.6 * width;
  return {Rounded(usual), Rounded(std::clamp(ill, feature.low, feature.high))};
}

// What has no such range (age, sex) is that of the rows.
Patients FromReferences(const Run& run, const Patients& from_rows) {
  Patients patients = {{"Usual values", "made up: the middle of each reference range", {}},
                       {"Very ill", "made up: each value beyond its reference range", {}}};
  const auto& contract = run.plan->contract();
  for (size_t c = 0; c < contract.size(); ++c) {
    auto [usual, ill] = UsualAndIll(contract[c], *run.place.concepts);
    if (std::isnan(usual) && from_rows.size() == patients.size())
      std::tie(usual, ill) = std::pair(from_rows[0].values[c], from_rows[1].values[c]);
    patients[0].values.push_back(usual);
    patients[1].values.push_back(ill);
  }
  return patients;
}

// How much higher the last of them stands than the first.
double SpreadOf(const Run& run, const models::Model& model, const Patients& patients) {
  if (patients.empty()) return -std::numeric_limits<double>::infinity();
  auto margin_of = [&](const Patient& patient) {
    std::vector<double> inputs(run.offline.columns.size());
    double margin = 0;
    run.plan->ComputeFromForm(patient.values, inputs);
    model.Predict(inputs, {&margin, 1});
    return margin;
  };
  return margin_of(patients.back()) - margin_of(patients.front());
}

Json FormOf(const Run& run, const Patient& patient) {
  Json form = Json::Object();
  const auto& contract = run.plan->contract();
  for (size_t c = 0; c < contract.size(); ++c) {
    double value = patient.values[c];
    if (std::isnan(value)) continue;
    auto word = features::WordOf(contract[c], value);
    form.Set(contract[c].id, word.empty() ? Json(value) : Json(std::string(word)));
  }
  return form;
}

}  // namespace

Result<Json> SampleForms(const Run& run, const models::Model& model,
                         const std::vector<uint8_t>& train) {
  Patients patients = TRY(FromRows(run, train));
  bool measured = !run.plan->concepts_used().empty();
  if (measured && run.target().objective == models::Objective::kBinary) {
    Patients made_up = FromReferences(run, patients);
    if (SpreadOf(run, model, made_up) > SpreadOf(run, model, patients)) patients = made_up;
  }
  Json forms = Json::Array();
  for (const auto& patient : patients) {
    forms.Add(Json::Object({{"name", patient.name},
                            {"description", patient.description},
                            {"features", FormOf(run, patient)}}));
  }
  return forms;
}

}  // namespace codman::training
