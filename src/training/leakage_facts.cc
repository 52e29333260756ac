#include "training/leakage_facts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "evaluation/discrimination.h"
#include "training/fit.h"
#include "training/split.h"

namespace codman::training {
namespace {

constexpr int64_t kSampleRows = 20000;  // for the per-feature and clock probes
constexpr int kMinValuesToCompare = 8;  // a nearly empty row has many innocent twins
constexpr int kProbeTrees = 60;
constexpr int64_t kExplainedRows = 1000;

// AUROC in the better direction, a missing value counting as lowest or as highest, whichever
// separates better.
double BestAuroc(std::vector<double> values, const std::vector<double>& labels) {
  std::vector<double> high = values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) continue;
    values[i] = -std::numeric_limits<double>::max();
    high[i] = std::numeric_limits<double>::max();
  }
  double low_auroc = evaluation::Auroc(values, labels),
         high_auroc = evaluation::Auroc(high, labels);
  return std::max({low_auroc, 1 - low_auroc, high_auroc, 1 - high_auroc});
}

// AUROC of each column alone, on the held-out rows of the sample.
void SingleFeatures(const columns::DenseMatrix& sample, const std::vector<uint8_t>& parts,
                    const std::vector<double>& labels, evaluation::LeakageFacts* facts) {
  const auto& names = sample.feature_names();
  std::vector<double> held_out_labels;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == kHeldOut) held_out_labels.push_back(labels[i]);
  }
  std::vector<double> values;
  for (size_t k = 0; k < names.size(); ++k) {
    values.clear();
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] == kHeldOut) values.push_back(sample.Row(static_cast<int64_t>(i))[k]);
    }
    double& best = facts->single_feature_auroc[names[k]];
    best = std::max(best, BestAuroc(values, held_out_labels));
  }
}

// Questions with two answers that a single feature may give away: the label itself, an amount above
// the median, each class against the rest.
std::vector<std::vector<double>> AsBinary(const registry::Target& target,
                                          const std::vector<double>& labels) {
  if (target.objective == models::Objective::kBinary) return {labels};
  auto where = [&](const auto& holds) {
    std::vector<double> binary;
    binary.reserve(labels.size());
    for (double label : labels) binary.push_back(holds(label) ? 1 : 0);
    return binary;
  };
  std::vector<std::vector<double>> questions;
  if (target.objective == models::Objective::kRegression) {
    auto sorted = labels;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<int64_t>(sorted.size() / 2),
                     sorted.end());
    double median = sorted[sorted.size() / 2];
    questions.push_back(where([&](double label) { return label > median; }));
    return questions;
  }
  for (int k = 0; k < target.num_classes(); ++k)
    questions.push_back(where([&](double label) { return label == k; }));
  return questions;
}

struct RowPrint {
  uint64_t hash;
  bool comparable;
};

RowPrint PrintOf(std::span<const double> row, double label) {
  // By its bits: of an amount, two rows with other labels are no duplicates.
  uint64_t hash = std::bit_cast<uint64_t>(label) ^ 0x9E3779B97F4A7C15ULL;
  int values = 0;
  for (double value : row) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    if (std::isnan(value))
      bits = 0x7FF8;
    else
      ++values;
    hash = (hash ^ bits) * 0xFF51AFD7ED558CCDULL;
    hash ^= hash >> 29;
  }
  return {hash, values >= kMinValuesToCompare};
}

// What one pass over the matrix gathers: a sample in memory for the probes, and rows that stand on
// both sides of the split.
struct Pass {
  std::vector<uint8_t> sampled;                          // by row of the matrix
  std::vector<double> values;                            // of the sampled rows, row-major
  std::unordered_map<uint64_t, uint8_t> parts_of_print;  // bit per part
};

Result<Pass> ScanOnce(const LeakageInputs& in, std::vector<uint8_t> sampled,
                      evaluation::LeakageFacts* facts) {
  Pass pass{.sampled = std::move(sampled)};
  const auto& rows = in.offline->rows;
  TRY(in.offline->matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = static_cast<size_t>(block.first_row + i);
      if (rows.excluded[row] != feature_store::kIncluded) continue;
      auto values = block.Row(i);
      if (pass.sampled[row] != 0)
        pass.values.insert(pass.values.end(), values.begin(), values.end());
      auto [hash, comparable] = PrintOf(values, rows.label[row]);
      if (!comparable) continue;
      ++facts->rows_compared;
      uint8_t& parts = pass.parts_of_print[hash];
      auto here = static_cast<uint8_t>(1U << (*in.parts)[row]);
      if ((parts & ~here) != 0) ++facts->duplicate_rows_across_splits;
      parts |= here;
    }
    return {};
  }));
  return pass;
}

// The input that moves the answers most, by the mean size of its contributions.
Result<std::string> StrongestInput(const models::Model& model, columns::DenseMatrix* sample,
                                   const std::vector<uint8_t>& judged) {
  auto rows = TRY(LoadRows(sample, Thinned(judged, kExplainedRows)));
  const size_t width = rows.feature_names().size(), count = static_cast<size_t>(rows.num_rows());
  if (count == 0) return std::string();
  std::vector<double> contributions(count * (width + 1)), total(width);
  model.Explain({rows.Row(0).data(), count * width}, contributions);
  for (size_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < width; ++k) total[k] += std::fabs(contributions[i * (width + 1) + k]);
  }
  return rows.feature_names()[static_cast<size_t>(std::max_element(total.begin(), total.end()) -
                                                  total.begin())];
}

// How well the inputs tell the hour of the stay: R² of a small boosted regression on held-out rows.
Result<> ClockRecovery(columns::DenseMatrix* sample, const std::vector<double>& hours,
                       const std::vector<uint8_t>& parts, evaluation::LeakageFacts* facts) {
  std::vector<uint8_t> train(parts.size()), judged(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (std::isnan(hours[i])) continue;
    train[i] = parts[i] == kTrain ? 1 : 0;
    judged[i] = parts[i] == kHeldOut ? 1 : 0;
  }
  FitRequest request{
      .learner = "gbdt",
      .settings = Json::Object({{"trees", kProbeTrees}, {"learning_rate", 0.1}, {"max_bins", 63}}),
      .target = {.objective = models::Objective::kRegression}};
  auto model = TRY(FitOn(request, sample, train, hours));
  auto predicted = Kept(TRY(MarginsOf(*model, sample, judged)), judged);
  auto truth = Kept(hours, judged);
  double mean =
      std::accumulate(truth.begin(), truth.end(), 0.0) / static_cast<double>(truth.size());
  double residual = 0, total = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    residual += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
    total += (truth[i] - mean) * (truth[i] - mean);
  }
  facts->clock_recovery_r2 = 1 - residual / total;
  facts->clock_recovered_from = TRY(StrongestInput(*model, sample, judged));
  return {};
}

int64_t OverlappingSubjects(const LeakageInputs& in) {
  std::unordered_map<std::string, uint8_t> part_of;
  std::set<std::string> overlapping;
  const auto& rows = in.offline->rows;
  for (size_t i = 0; i < rows.subject.size(); ++i) {
    const auto& identifier = rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])];
    auto [found, is_new] = part_of.emplace(identifier, (*in.parts)[i]);
    if (!is_new && found->second != (*in.parts)[i]) overlapping.insert(identifier);
  }
  return static_cast<int64_t>(overlapping.size());
}

}  // namespace

Result<evaluation::LeakageFacts> GatherLeakageFacts(const LeakageInputs& in) {
  const auto& rows = in.offline->rows;
  evaluation::LeakageFacts facts;
  facts.overlapping_subjects = OverlappingSubjects(in);
  for (int index : in.plan->concepts_used()) {
    if ((*in.concepts)[index].outcome) facts.outcome_derived.push_back((*in.concepts)[index].name);
  }
  for (const auto& feature : in.plan->contract()) {
    const auto& outcome = in.task->outcome_columns;
    if (std::find(outcome.begin(), outcome.end(), feature.column) != outcome.end())
      facts.outcome_derived.push_back(feature.id);
    if (in.variant->ForAuditsOnly(feature.id) || in.variant->ForAuditsOnly(feature.column))
      facts.audit_only.push_back(feature.id);
  }
  auto held_out = RowsIn(rows, *in.parts, {kHeldOut});
  auto sampled = Thinned(held_out, kSampleRows);
  auto learned_from = Thinned(RowsIn(rows, *in.parts, {kTrain}), kSampleRows);
  for (size_t i = 0; i < sampled.size(); ++i) sampled[i] = sampled[i] | learned_from[i];
  Pass pass = TRY(ScanOnce(in, std::move(sampled), &facts));
  columns::DenseMatrix sample(in.offline->columns, std::move(pass.values));
  auto sample_parts = Kept(*in.parts, pass.sampled);
  for (const auto& labels : AsBinary(in.variant->target, Kept(rows.label, pass.sampled)))
    SingleFeatures(sample, sample_parts, labels, &facts);
  facts.declared_free_of_process = in.variant->process_free;
  facts.clock_recovery_r2 = std::numeric_limits<double>::quiet_NaN();
  if (in.variant->process_free) {
    TRY(ClockRecovery(&sample, Kept(rows.hours, pass.sampled), sample_parts, &facts));
  }
  evaluation::Predictions judged;
  judged.subject = Kept(rows.subject, held_out);
  judged.label = Kept(rows.label, held_out);
  facts.clock_known = !in.clock_margins->empty();
  if (facts.clock_known) {
    auto difference = evaluation::PairedAurocDifference(
        judged, Kept(*in.margins, held_out), Kept(*in.clock_margins, held_out), 200, in.task->seed);
    facts.model_minus_clock = difference.value;
    facts.model_minus_clock_low = difference.low;
    facts.model_minus_clock_high = difference.high;
  }
  const Json& report = *in.report;
  facts.auroc = report["discrimination"]["auroc"].AsDouble();
  facts.utility = report["utility"]["value"].AsDouble();
  facts.r2 = report["regression"]["r2"].AsDouble();
  facts.macro_auroc = report["multiclass"]["macro_auroc"].AsDouble();
  facts.accuracy = report["multiclass"]["accuracy"].AsDouble();
  facts.alarm_auroc = facts.alarm_macro_auroc = in.task->alarm_auroc;
  facts.alarm_utility = in.task->alarm_utility;
  facts.alarm_r2 = in.task->alarm_r2;
  facts.alarm_accuracy = in.task->alarm_accuracy;
  facts.inputs = in.offline->columns;
  facts.label_ingredients = in.task->label_ingredients;
  facts.post_outcome_codes = in.task->post_outcome_codes;
  facts.synthetic = in.synthetic;
  return facts;
}

}  // namespace codman::training
