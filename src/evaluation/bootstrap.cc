#include "evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Quantile(const std::vector<double>& sorted, double share) {
  double place = share * static_cast<double>(sorted.size() - 1);
  size_t below = static_cast<size_t>(place);
  size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

}  // namespace

uint64_t CounterRandom(uint64_t seed, uint64_t counter) {
  uint64_t z = seed + (counter + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void ClusterBootstrap::Draw(int replicate, std::vector<int32_t>* times) const {
  times->assign(static_cast<size_t>(num_clusters_), 0);
  uint64_t stream = CounterRandom(seed_, static_cast<uint64_t>(replicate));
  for (int32_t i = 0; i < num_clusters_; ++i) {
    // The high half of a 64 × 64 bit product scales the number to [0, num_clusters) (Lemire 2019);
    // the bias of num_clusters / 2^64 is beyond notice.
    auto product = static_cast<unsigned __int128>(CounterRandom(stream, static_cast<uint64_t>(i))) *
                   static_cast<uint64_t>(num_clusters_);
    ++(*times)[static_cast<size_t>(product >> 64)];
  }
}

std::vector<Interval> ClusterBootstrap::Intervals(const Statistics& statistics) const {
  std::vector<int32_t> times(static_cast<size_t>(num_clusters_), 1);
  std::vector<double> values = statistics(times);
  std::vector<std::vector<double>> drawn(values.size());
  for (int replicate = 0; replicate < replicates_; ++replicate) {
    Draw(replicate, &times);
    std::vector<double> redrawn = statistics(times);
    for (size_t i = 0; i < values.size(); ++i) drawn[i].push_back(redrawn[i]);
  }
  std::vector<Interval> intervals;
  for (size_t i = 0; i < values.size(); ++i) {
    intervals.push_back(PercentileInterval(values[i], std::move(drawn[i])));
  }
  return intervals;
}

Interval PercentileInterval(double value, std::vector<double> replicates) {
  std::erase_if(replicates, [](double x) { return std::isnan(x); });
  if (replicates.size() < 2) return {value, kNaN, kNaN};
  std::sort(replicates.begin(), replicates.end());
  return {value, Quantile(replicates, 0.025), Quantile(replicates, 0.975)};
}

std::vector<double> ClusterSums::Total(std::span<const int32_t> times) const {
  std::vector<double> total(width_, 0.0);
  const double* sums = sums_.data();
  for (int32_t drawn : times) {
    for (size_t q = 0; q < width_; ++q) total[q] += drawn * sums[q];
    sums += width_;
  }
  return total;
}

}  // namespace codman::evaluation
