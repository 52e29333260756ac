// A dense block of feature rows and the stream of such blocks that training, scoring and judging
// read.
//
// Values are doubles; a missing value is a quiet NaN. Blocks are row-major, so one row is
// contiguous.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace codman::columns {

struct MatrixBlock {
  int64_t first_row = 0;  // index of row 0 of this block in the whole stream
  int64_t num_rows = 0;
  int num_features = 0;
  std::vector<double> values;  // num_rows × num_features, row-major

  std::span<const double> Row(int64_t i) const {
    return {values.data() + i * num_features, static_cast<size_t>(num_features)};
  }
};

// A matrix that may be larger than memory: read in blocks, in row order, as often as wanted. Every
// scan gives the same rows in the same order. Not thread-safe; one scan at a time.
class MatrixSource {
 public:
  virtual ~MatrixSource() = default;
  virtual int64_t num_rows() const = 0;
  virtual const std::vector<std::string>& feature_names() const = 0;
  // Calls `sink` for each block; stops with the first error.
  virtual Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) = 0;
};

// A matrix held in memory.
class DenseMatrix : public MatrixSource {
 public:
  DenseMatrix(std::vector<std::string> names, std::vector<double> values);

  int64_t num_rows() const override;
  const std::vector<std::string>& feature_names() const override { return names_; }
  Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) override;
  std::span<const double> Row(int64_t i) const;

 private:
  std::vector<std::string> names_;
  std::vector<double> values_;
};

// The rows of `whole` whose `keep` entry is non-zero, in order. Borrows both.
class RowSubset : public MatrixSource {
 public:
  RowSubset(MatrixSource* whole, const std::vector<uint8_t>* keep);

  int64_t num_rows() const override { return num_rows_; }
  const std::vector<std::string>& feature_names() const override { return whole_->feature_names(); }
  Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) override;

 private:
  MatrixSource* whole_;
  const std::vector<uint8_t>* keep_;
  int64_t num_rows_ = 0;
};

// The named columns of `whole`, in the order given. Borrows it.
class ColumnSubset : public MatrixSource {
 public:
  static Result<ColumnSubset> Create(MatrixSource* whole, const std::vector<std::string>& names);

  int64_t num_rows() const override { return whole_->num_rows(); }
  const std::vector<std::string>& feature_names() const override { return names_; }
  Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) override;

 private:
  ColumnSubset(MatrixSource* whole, std::vector<std::string> names, std::vector<int> positions);
  MatrixSource* whole_;
  std::vector<std::string> names_;
  std::vector<int> positions_;
};

}  // namespace codman::columns
