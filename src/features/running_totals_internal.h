// Running totals over a growing row of points, so that what any stretch adds up to is one
// subtraction.
//
// Places count from `begin()` on; dropping in front moves none. Where only sums of values are asked
// for, a point weighs 16 bytes; with the moments that sd and slope need it weighs 128.
#pragma once

#include <cstdint>
#include <vector>

#include "features/exact_internal.h"

namespace codman::features {

class RunningTotals {
 public:
  explicit RunningTotals(bool keeps_moments) : keeps_moments_(keeps_moments) {}

  // Totals stand for the points in [begin, end).
  size_t begin() const { return begin_; }
  size_t end() const { return begin_ + size() - 1; }
  void Append(int64_t x, int64_t v) {
    if (keeps_moments_) {
      Sums next = sums_.back();
      next.Add(x, v);
      sums_.push_back(next);
    } else {
      values_.push_back(values_.back() + v);
    }
  }
  // What stands from `place` on is not true any more; begin() <= place.
  void Truncate(size_t place) {
    if (place >= end()) return;
    if (keeps_moments_) sums_.resize(place - begin_ + 1);
    if (!keeps_moments_) values_.resize(place - begin_ + 1);
  }
  // The first `count` points will never be asked for again; they keep their places.
  void Drop(size_t count) {
    auto by = static_cast<int64_t>(count);
    if (keeps_moments_) sums_.erase(sums_.begin(), sums_.begin() + by);
    if (!keeps_moments_) values_.erase(values_.begin(), values_.begin() + by);
    begin_ += count;
  }
  // Points without totals came in front of begin() or went; the others' places change with them.
  void Shift(int64_t by) { begin_ = static_cast<size_t>(static_cast<int64_t>(begin_) + by); }
  void Clear() {
    sums_.assign(keeps_moments_ ? 1 : 0, Sums());
    values_.assign(keeps_moments_ ? 0 : 1, 0);
    begin_ = 0;
  }
  // Without moments only .v is filled.
  Sums Of(size_t begin, size_t end) const {
    if (keeps_moments_) return sums_[end - begin_] - sums_[begin - begin_];
    Sums sums;
    sums.v = values_[end - begin_] - values_[begin - begin_];
    return sums;
  }
  int64_t num_bytes() const {
    return static_cast<int64_t>(sums_.capacity() * sizeof(Sums) +
                                values_.capacity() * sizeof(Int128));
  }

 private:
  size_t size() const { return keeps_moments_ ? sums_.size() : values_.size(); }

  bool keeps_moments_;
  // Entry i: of all points before begin_ + i, plus some constant. One of the two is used.
  std::vector<Sums> sums_ = std::vector<Sums>(keeps_moments_ ? 1 : 0);
  std::vector<Int128> values_ = std::vector<Int128>(keeps_moments_ ? 0 : 1);
  size_t begin_ = 0;
};

}  // namespace codman::features
