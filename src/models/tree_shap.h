// Exact path-dependent TreeSHAP (Lundberg, Erion, Lee 2018, arXiv:1802.03888: the training covers
// weigh absent features) in quadrature form.
//
// The contribution of feature f is a sum over leaves of v (o_f - z_f) times the integral over t in
// [0, 1] of the product over the path's other features j of q_j = o_j + (z_j - o_j)(1 - t): o_j is
// 1 where the row satisfies all splits on j along the path, else 0; z_j the product of cover ratios
// on j. The integrand is a polynomial, so Gauss–Legendre points integrate it exactly. The points
// are the lanes of the vectors.
//
// Immutable after Create; any number of threads may explain at once. Bits depend neither on batch
// size nor on the processor: the lanes are points where a row comes alone and rows where several
// come together, in plain code, AVX2 or AVX-512, with the same additions in the same order.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "models/forest.h"

namespace codman::models {

struct ShapLayout;

class TreeShap {
 public:
  // Features on one path that the quadrature is made for.
  static constexpr int kMaxPathFeatures = 64;

  // `forest` has passed Validate. Refuses a path with more than kMaxPathFeatures different
  // features.
  static Result<TreeShap> Create(const Forest& forest);
  TreeShap(TreeShap&&) noexcept;
  TreeShap& operator=(TreeShap&&) noexcept;
  ~TreeShap();

  // contributions: rows × (num_features + 1), row-major, the base last. rows: row-major, rows ×
  // num_features.
  void Explain(std::span<const double> rows, std::span<double> contributions) const;
  // The expected margin: leaf values weighed by the covers.
  double base() const;

 private:
  explicit TreeShap(std::unique_ptr<const ShapLayout> layout);
  std::unique_ptr<const ShapLayout> layout_;
};

}  // namespace codman::models
