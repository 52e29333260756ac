#include "columns/matrix.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace codman::columns {
namespace {
constexpr int64_t kRowsPerBlock = 4096;
}  // namespace

DenseMatrix::DenseMatrix(std::vector<std::string> names, std::vector<double> values)
    : names_(std::move(names)), values_(std::move(values)) {
  CHECK(!names_.empty() && values_.size() % names_.size() == 0);
}

int64_t DenseMatrix::num_rows() const {
  return static_cast<int64_t>(values_.size() / names_.size());
}

std::span<const double> DenseMatrix::Row(int64_t i) const {
  return {values_.data() + static_cast<size_t>(i) * names_.size(), names_.size()};
}

Result<> DenseMatrix::Scan(const std::function<Result<>(const MatrixBlock&)>& sink) {
  MatrixBlock block;
  block.num_features = static_cast<int>(names_.size());
  for (int64_t first = 0; first < num_rows(); first += kRowsPerBlock) {
    block.first_row = first;
    block.num_rows = std::min(kRowsPerBlock, num_rows() - first);
    auto begin = values_.begin() + first * block.num_features;
    block.values.assign(begin, begin + block.num_rows * block.num_features);
    TRY(sink(block));
  }
  return {};
}

RowSubset::RowSubset(MatrixSource* whole, const std::vector<uint8_t>* keep)
    : whole_(whole), keep_(keep) {
  CHECK(static_cast<int64_t>(keep->size()) == whole->num_rows());
  num_rows_ = std::count_if(keep->begin(), keep->end(), [](uint8_t kept) { return kept != 0; });
}

Result<> RowSubset::Scan(const std::function<Result<>(const MatrixBlock&)>& sink) {
  MatrixBlock kept;
  kept.num_features = static_cast<int>(feature_names().size());
  int64_t next_row = 0;
  return whole_->Scan([&](const MatrixBlock& block) -> Result<> {
    kept.values.clear();
    kept.num_rows = 0;
    for (int64_t i = 0; i < block.num_rows; ++i) {
      if ((*keep_)[block.first_row + i] == 0) continue;
      auto row = block.Row(i);
      kept.values.insert(kept.values.end(), row.begin(), row.end());
      ++kept.num_rows;
    }
    if (kept.num_rows == 0) return {};
    kept.first_row = next_row;
    next_row += kept.num_rows;
    return sink(kept);
  });
}

ColumnSubset::ColumnSubset(MatrixSource* whole, std::vector<std::string> names,
                           std::vector<int> positions)
    : whole_(whole), names_(std::move(names)), positions_(std::move(positions)) {}

Result<ColumnSubset> ColumnSubset::Create(MatrixSource* whole,
                                          const std::vector<std::string>& names) {
  const auto& all = whole->feature_names();
  std::vector<int> positions;
  for (const auto& name : names) {
    auto found = std::find(all.begin(), all.end(), name);
    if (found == all.end()) return base::NotFound(format("the matrix has no column '{}'", name));
    positions.push_back(static_cast<int>(found - all.begin()));
  }
  return ColumnSubset(whole, names, std::move(positions));
}

Result<> ColumnSubset::Scan(const std::function<Result<>(const MatrixBlock&)>& sink) {
  MatrixBlock narrow;
  narrow.num_features = static_cast<int>(positions_.size());
  return whole_->Scan([&](const MatrixBlock& block) -> Result<> {
    narrow.first_row = block.first_row;
    narrow.num_rows = block.num_rows;
    narrow.values.resize(static_cast<size_t>(block.num_rows) * positions_.size());
    double* out = narrow.values.data();
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = block.Row(i);
      for (int position : positions_) *out++ = row[position];
    }
    return sink(narrow);
  });
}

}  // namespace codman::columns
