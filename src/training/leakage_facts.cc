#include "training/leakage_facts.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
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

// Keeps about `wanted` of the kept rows, evenly spaced.
std::vector<uint8_t> Thinned(std::vector<uint8_t> keep, int64_t wanted) {
  int64_t there = std::count(keep.begin(), keep.end(), 1);
  int64_t step = std::max<int64_t>(1, there / wanted), seen = 0;
  for (auto& kept : keep) {
    if (kept != 0 && seen++ % step != 0) kept = 0;
  }
  return keep;
}

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

void SingleFeatures(const columns::DenseMatrix& sample, const std::vector<double>& labels,
                    evaluation::LeakageFacts* facts) {
  const auto& names = sample.feature_names();
  std::vector<double> values(static_cast<size_t>(sample.num_rows()));
  for (size_t k = 0; k < names.size(); ++k) {
    for (int64_t i = 0; i < sample.num_rows(); ++i)
      values[static_cast<size_t>(i)] = sample.Row(i)[k];
    facts->single_feature_auroc[names[k]] = BestAuroc(values, labels);
  }
}

struct RowPrint {
  uint64_t hash;
  bool comparable;
};

RowPrint PrintOf(std::span<const double> row, double label) {
  uint64_t hash = label > 0.5 ? 0x9E3779B97F4A7C15ULL : 0xC2B2AE3D27D4EB4FULL;
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

// Identical rows with the same label on both sides of the split.
Result<> DuplicateRows(const LeakageInputs& in, evaluation::LeakageFacts* facts) {
  std::unordered_map<uint64_t, uint8_t> seen;  // bit per part
  const auto& rows = in.offline->rows;
  return in.offline->matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = static_cast<size_t>(block.first_row + i);
      if (rows.excluded[row] != feature_store::kIncluded) continue;
      auto [hash, comparable] = PrintOf(block.Row(i), rows.label[row]);
      if (!comparable) continue;
      ++facts->rows_compared;
      uint8_t& parts = seen[hash];
      auto here = static_cast<uint8_t>(1U << (*in.parts)[row]);
      if ((parts & ~here) != 0) ++facts->duplicate_rows_across_splits;
      parts |= here;
    }
    return {};
  });
}

// How well the inputs tell the hour of the stay: R² of a small boosted regression on held-out rows.
Result<double> ClockRecovery(const LeakageInputs& in) {
  const auto& rows = in.offline->rows;
  auto timed = [&](uint8_t part) {
    auto keep = RowsIn(rows, *in.parts, {part});
    for (size_t i = 0; i < keep.size(); ++i)
      keep[i] = keep[i] != 0 && !std::isnan(rows.hours[i]) ? 1 : 0;
    return Thinned(std::move(keep), 2 * kSampleRows);
  };
  auto train = timed(kTrain), judged = timed(kHeldOut);
  FitRequest request{
      .learner = "gbdt",
      .settings = Json::Object({{"trees", kProbeTrees}, {"learning_rate", 0.1}, {"max_bins", 63}}),
      .objective = models::Objective::kRegression};
  auto model = TRY(FitOn(request, in.offline->matrix.get(), train, rows.hours));
  auto predicted = TRY(MarginsOf(*model, in.offline->matrix.get(), judged));
  double sum = 0, count = 0;
  for (size_t i = 0; i < judged.size(); ++i) {
    if (judged[i] == 0) continue;
    sum += rows.hours[i];
    ++count;
  }
  double mean = sum / count, residual = 0, total = 0;
  for (size_t i = 0; i < judged.size(); ++i) {
    if (judged[i] == 0) continue;
    residual += (rows.hours[i] - predicted[i]) * (rows.hours[i] - predicted[i]);
    total += (rows.hours[i] - mean) * (rows.hours[i] - mean);
  }
  return 1 - residual / total;
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
  auto held_out = RowsIn(rows, *in.parts, {kHeldOut});
  auto sampled = Thinned(held_out, kSampleRows);
  auto sample = TRY(LoadRows(in.offline->matrix.get(), sampled));
  SingleFeatures(sample, Kept(rows.label, sampled), &facts);
  TRY(DuplicateRows(in, &facts));
  facts.declared_free_of_process = in.variant->process_free;
  facts.clock_recovery_r2 = std::numeric_limits<double>::quiet_NaN();
  if (in.variant->process_free) facts.clock_recovery_r2 = TRY(ClockRecovery(in));
  evaluation::Predictions judged;
  judged.subject = Kept(rows.subject, held_out);
  judged.label = Kept(rows.label, held_out);
  auto difference = evaluation::PairedAurocDifference(
      judged, Kept(*in.margins, held_out), Kept(*in.clock_margins, held_out), 200, in.task->seed);
  facts.model_minus_clock = difference.value;
  facts.model_minus_clock_low = difference.low;
  facts.model_minus_clock_high = difference.high;
  facts.auroc = in.auroc;
  facts.utility = in.utility;
  facts.alarm_auroc = in.task->alarm_auroc;
  facts.alarm_utility = in.task->alarm_utility;
  facts.synthetic = in.synthetic;
  return facts;
}

}  // namespace codman::training
