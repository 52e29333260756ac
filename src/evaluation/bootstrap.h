// Cluster bootstrap: whole subjects are drawn with replacement, so rows of one patient never count
// as independent (Davison & Hinkley, Bootstrap Methods and their Application, 1997, 3.8). 95 %
// percentile intervals.
//
//   RowGroups subjects(predictions.subject);
//   ClusterBootstrap bootstrap(subjects.count(), 200, seed);
//   RankedRows model(risk, label, subjects.group_of_row());
//   auto intervals = bootstrap.Intervals([&](std::span<const int32_t> times) {
//     return std::vector<double>{model.Judge(times).auroc};
//   });
//
// Statistics computed in one call see the same draws: their differences are paired.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace codman::evaluation {

// low and high are NaN where no interval was asked for or could be had.
struct Interval {
  double value = 0, low = 0, high = 0;
};

// Number `counter` of stream `seed`: SplitMix64 (Steele, Lea & Flood, OOPSLA 2014) at a place
// instead of in turn, so a replicate does not depend on the ones before it.
uint64_t CounterRandom(uint64_t seed, uint64_t counter);

class ClusterBootstrap {
 public:
  // Statistics of a sample in which cluster c stands times[c] times.
  using Statistics = std::function<std::vector<double>(std::span<const int32_t> times)>;

  ClusterBootstrap(int32_t num_clusters, int replicates, uint64_t seed)
      : num_clusters_(num_clusters), replicates_(replicates), seed_(seed) {}

  int32_t num_clusters() const { return num_clusters_; }
  int replicates() const { return replicates_; }
  // How often each cluster was drawn in a replicate; sums to num_clusters.
  void Draw(int replicate, std::vector<int32_t>* times) const;
  // The value of each statistic on the sample itself (every cluster once) and its interval.
  std::vector<Interval> Intervals(const Statistics& statistics) const;

 private:
  int32_t num_clusters_;
  int replicates_;
  uint64_t seed_;
};

// 2.5 % and 97.5 % points of the replicates by linear interpolation (numpy.quantile's default).
// NaNs, from draws that left a class empty, are left out; fewer than two numbers give no interval.
Interval PercentileInterval(double value, std::vector<double> replicates);

// Sums of additive quantities by cluster: any ratio of sums (sensitivity, Brier score, utility) is
// resampled in O(clusters) instead of O(rows).
class ClusterSums {
 public:
  ClusterSums(int32_t num_clusters, int num_quantities)
      : width_(num_quantities), sums_(static_cast<size_t>(num_clusters) * num_quantities) {}

  void Add(int32_t cluster, int quantity, double amount) {
    sums_[static_cast<size_t>(cluster) * width_ + quantity] += amount;
  }
  std::vector<double> Total(std::span<const int32_t> times) const;

 private:
  size_t width_;
  std::vector<double> sums_;
};

}  // namespace codman::evaluation
