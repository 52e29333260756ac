#include "evaluation/ranked_rows.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/result.h"

namespace codman::evaluation {
namespace {

constexpr uint32_t kTieEnd = 1, kPositive = 2;
constexpr int kClusterShift = 2;

std::vector<int64_t> AllRows(size_t num_rows) {
  std::vector<int64_t> rows(num_rows);
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

}  // namespace

RankedRows::RankedRows(std::span<const double> scores, std::span<const double> labels,
                       std::span<const int32_t> cluster)
    : RankedRows(scores, labels, cluster, AllRows(scores.size())) {}

RankedRows::RankedRows(std::span<const double> scores, std::span<const double> labels,
                       std::span<const int32_t> cluster, std::span<const int64_t> rows) {
  CHECK(scores.size() == labels.size() && scores.size() == cluster.size());
  struct Entry {
    double score;
    uint32_t key;
  };
  std::vector<Entry> entries;
  entries.reserve(rows.size());
  for (int64_t row : rows) {
    uint32_t key = static_cast<uint32_t>(cluster[row]) << kClusterShift;
    entries.push_back({scores[row], key | (labels[row] > 0.5 ? kPositive : 0)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.score > b.score; });
  keys_.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    bool last = i + 1 == entries.size() || entries[i].score != entries[i + 1].score;
    keys_.push_back(entries[i].key | (last ? kTieEnd : 0));
  }
}

Discrimination RankedRows::Judge(std::span<const int32_t> times) const {
  uint64_t above = 0, flagged = 0;            // positives and rows of all ties passed
  uint64_t tied_positive = 0, tied_rows = 0;  // of the tie we are in
  uint64_t twice_area = 0;
  double precision_sum = 0;
  for (uint32_t key : keys_) {
    uint64_t drawn = static_cast<uint64_t>(times[key >> kClusterShift]);
    tied_rows += drawn;
    tied_positive += (key & kPositive) != 0 ? drawn : 0;
    if ((key & kTieEnd) == 0) continue;
    flagged += tied_rows;
    twice_area += (tied_rows - tied_positive) * (2 * above + tied_positive);
    above += tied_positive;
    if (tied_positive > 0) {
      precision_sum += static_cast<double>(tied_positive) * static_cast<double>(above) /
                       static_cast<double>(flagged);
    }
    tied_positive = tied_rows = 0;
  }
  if (above == 0 || above == flagged) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return {kNaN, kNaN};
  }
  double positives = static_cast<double>(above), negatives = static_cast<double>(flagged - above);
  return {static_cast<double>(twice_area) / (2 * positives * negatives), precision_sum / positives};
}

}  // namespace codman::evaluation
