#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "models/threshold_ranks_internal.h"

namespace codman::models {
namespace {

constexpr int kRanksInColumn = 255;

// Two values at once: vectors make the compiler choose without branches.
using TwoValues [[gnu::vector_size(2 * sizeof(double))]] = double;

// Where on the scale of buckets; monotone in `values` whatever the rounding, so that lower buckets
// hold lower values only.
struct BucketScale {
  double low, buckets_per_unit, last;
  [[gnu::always_inline]] void Place(TwoValues* values) const {
    TwoValues place = (*values - low) * buckets_per_unit;
    place = place > 0 ? place : TwoValues{};
    *values = place < last ? place : last - TwoValues{};
  }
};

}  // namespace

std::optional<ThresholdRanks> ThresholdRanks::Create(const Forest& forest, size_t max_columns) {
  ThresholdRanks ranks(forest.feature_names.size());
  std::vector<Group> groups = ranks.GroupThresholds(forest);
  size_t columns = 0;
  for (const Group& group : groups)
    columns += (group.thresholds.size() + kRanksInColumn - 1) / kRanksInColumn;
  if (columns > max_columns) return std::nullopt;
  for (Group& group : groups) ranks.AddScale(std::move(group));
  return ranks;
}

std::vector<ThresholdRanks::Group> ThresholdRanks::GroupThresholds(const Forest& forest) {
  std::vector<Group> groups;
  scale_of_.assign(num_features_ * kNumMissingRules, -1);
  for (const ForestTree& tree : forest.trees) {
    for (const ForestNode& node : tree.nodes) {
      if (node.is_leaf()) continue;
      int32_t& place = scale_of_[KeyOf(node.feature, node.missing)];
      if (place < 0) {
        place = static_cast<int32_t>(groups.size());
        groups.push_back({node.feature, node.missing, {}});
      }
      groups[static_cast<size_t>(place)].thresholds.push_back(node.threshold);
    }
  }
  // By feature, so that Fill goes through the rows from left to right.
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return std::pair(a.feature, a.missing) < std::pair(b.feature, b.missing);
  });
  for (size_t g = 0; g < groups.size(); ++g) {
    auto& all = groups[g].thresholds;
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    scale_of_[KeyOf(groups[g].feature, groups[g].missing)] = static_cast<int32_t>(g);
  }
  return groups;
}

size_t ThresholdRanks::KeyOf(int32_t feature, MissingRule missing) {
  return static_cast<size_t>(feature) * kNumMissingRules + static_cast<size_t>(missing);
}

void ThresholdRanks::AddScale(Group group) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  std::vector<double>& thresholds = group.thresholds;
  Scale scale{};
  scale.feature = group.feature;
  scale.missing = group.missing;
  scale.num_thresholds = thresholds.size();
  scale.first_column = static_cast<int32_t>(num_columns_);
  scale.num_columns =
      static_cast<int32_t>((thresholds.size() + kRanksInColumn - 1) / kRanksInColumn);
  num_columns_ += static_cast<size_t>(scale.num_columns);
  scale.low = std::clamp(thresholds.front(), -kLargest, kLargest);
  double width = std::clamp(thresholds.back(), -kLargest, kLargest) - scale.low;
  scale.buckets_per_unit = width > 0 ? std::min((kBuckets - 1) / width, kLargest) : 1;
  std::vector<int32_t> inside(kBuckets, 0);
  BucketScale buckets{scale.low, scale.buckets_per_unit, kBuckets - 1};
  for (double threshold : thresholds) {
    TwoValues place = {threshold, threshold};
    buckets.Place(&place);
    ++inside[static_cast<size_t>(place[0])];
  }
  int32_t below = 0, most = 0;
  for (int32_t count : inside) {
    scale.below_buckets.push_back(below);
    below += count;
    most = std::max(most, count);
  }
  scale.search_steps = std::bit_width(static_cast<uint32_t>(most));
  double missing = ValueToCompare(std::numeric_limits<double>::quiet_NaN(), scale.missing);
  scale.found_missing =
      std::isnan(missing)
          ? std::numeric_limits<int32_t>::max()
          : static_cast<int32_t>(std::lower_bound(thresholds.begin(), thresholds.end(), missing) -
                                 thresholds.begin());
  thresholds.resize(thresholds.size() + (size_t{1} << scale.search_steps),
                    std::numeric_limits<double>::quiet_NaN());
  scale.thresholds = std::move(thresholds);
  scales_.push_back(std::move(scale));
}

ThresholdRanks::Place ThresholdRanks::PlaceOf(const ForestNode& split) const {
  const Scale& scale = scales_[static_cast<size_t>(scale_of_[KeyOf(split.feature, split.missing)])];
  auto end = scale.thresholds.begin() + static_cast<ptrdiff_t>(scale.num_thresholds);
  auto rank = static_cast<int32_t>(
      std::lower_bound(scale.thresholds.begin(), end, split.threshold) - scale.thresholds.begin());
  return {scale.first_column + rank / kRanksInColumn, static_cast<uint8_t>(rank % kRanksInColumn)};
}

template <MissingRule missing>
void ThresholdRanks::Search(const Scale& scale, const double* values, size_t count, size_t width,
                            int32_t* found) {
  const double* thresholds = scale.thresholds.data();
  const int32_t* below_buckets = scale.below_buckets.data();
  const BucketScale buckets{scale.low, scale.buckets_per_unit, kBuckets - 1};
  const int32_t widest_step = (1 << scale.search_steps) / 2;
  for (size_t r = 0; r < count; r += 2) {
    TwoValues pair = {ValueToCompare(values[r * width], missing),
                      ValueToCompare(values[std::min(r + 1, count - 1) * width], missing)};
    TwoValues place = pair;
    buckets.Place(&place);
    int32_t first = below_buckets[static_cast<int32_t>(place[0])];
    int32_t second = below_buckets[static_cast<int32_t>(place[1])];
    for (int32_t step = widest_step; step > 0; step /= 2) {
      first += thresholds[first + step - 1] < pair[0] ? step : 0;
      second += thresholds[second + step - 1] < pair[1] ? step : 0;
    }
    found[r] = std::isnan(pair[0]) ? std::numeric_limits<int32_t>::max() : first;
    found[r + 1] = std::isnan(pair[1]) ? std::numeric_limits<int32_t>::max() : second;
  }
}

template <MissingRule missing>
void ThresholdRanks::FillScale(const Scale& scale, const double* rows, size_t count, uint8_t* ranks,
                               size_t stride) const {
  const double* at = rows + scale.feature;
  const size_t width = num_features_;
  int32_t found[kRowsAtOnce];
  // Inputs that nobody gives (a form has no history) are known beforehand.
  bool all_missing = true;
  for (size_t r = 0; r < count && all_missing; ++r) all_missing = std::isnan(at[r * width]);
  if (!all_missing) Search<missing>(scale, at, count, width, found);
  uint8_t* column = ranks + static_cast<size_t>(scale.first_column) * stride;
  auto in_column = [](int32_t rank, int32_t c) {
    return static_cast<uint8_t>(std::clamp(rank - c * kRanksInColumn, 0, kRanksInColumn));
  };
  for (int32_t c = 0; c < scale.num_columns; ++c, column += stride) {
    if (all_missing) {
      std::fill_n(column, count, in_column(scale.found_missing, c));
    } else {
      for (size_t r = 0; r < count; ++r) column[r] = in_column(found[r], c);
    }
  }
}

void ThresholdRanks::Fill(const double* rows, size_t count, uint8_t* ranks, size_t stride) const {
  for (const Scale& scale : scales_) {
    switch (scale.missing) {
      case MissingRule::kNanIsZero:
        FillScale<MissingRule::kNanIsZero>(scale, rows, count, ranks, stride);
        break;
      case MissingRule::kNanLeft:
        FillScale<MissingRule::kNanLeft>(scale, rows, count, ranks, stride);
        break;
      case MissingRule::kNanRight:
        FillScale<MissingRule::kNanRight>(scale, rows, count, ranks, stride);
        break;
      case MissingRule::kZeroLeft:
        FillScale<MissingRule::kZeroLeft>(scale, rows, count, ranks, stride);
        break;
      case MissingRule::kZeroRight:
        FillScale<MissingRule::kZeroRight>(scale, rows, count, ranks, stride);
        break;
    }
  }
}

}  // namespace codman::models
