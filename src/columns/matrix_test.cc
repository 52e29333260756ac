#include "columns/matrix.h"

#include <gtest/gtest.h>

// Expected values by hand from matrix.h.
namespace codman::columns {
namespace {

// All rows of a source, row-major; blocks must follow each other.
std::vector<double> ValuesOf(MatrixSource* source) {
  std::vector<double> values;
  int64_t next = 0;
  auto scanned = source->Scan([&](const MatrixBlock& block) -> Result<> {
    EXPECT_EQ(block.first_row, next);
    EXPECT_EQ(block.values.size(), size_t(block.num_rows) * size_t(block.num_features));
    next += block.num_rows;
    values.insert(values.end(), block.values.begin(), block.values.end());
    return {};
  });
  EXPECT_TRUE(scanned.ok());
  EXPECT_EQ(next, source->num_rows());
  return values;
}

// Row i holds i, 10 i.
DenseMatrix Counting(int64_t rows) {
  std::vector<double> values;
  for (int64_t i = 0; i < rows; ++i) values.insert(values.end(), {double(i), double(10 * i)});
  return DenseMatrix({"x", "y"}, values);
}

TEST(Matrix, EveryScanGivesTheSameRows) {
  for (int64_t rows : {0, 1, 100000}) {
    DenseMatrix matrix = Counting(rows);
    EXPECT_EQ(matrix.num_rows(), rows);
    auto first = ValuesOf(&matrix);
    EXPECT_EQ(first.size(), size_t(rows * 2));
    EXPECT_EQ(ValuesOf(&matrix), first);
  }
  EXPECT_EQ(Counting(5).Row(3)[1], 30);
}

TEST(Matrix, ARowSubsetKeepsOrderAlsoAcrossBlocks) {
  DenseMatrix matrix = Counting(50000);
  std::vector<uint8_t> keep(50000, 0);
  std::vector<double> expected;
  for (size_t i = 0; i < keep.size(); i += 7) {
    keep[i] = 1;
    expected.insert(expected.end(), {double(i), double(10 * i)});
  }
  RowSubset subset(&matrix, &keep);
  EXPECT_EQ(subset.num_rows(), int64_t(expected.size() / 2));
  EXPECT_EQ(ValuesOf(&subset), expected);
  std::vector<uint8_t> none(50000, 0);
  RowSubset empty(&matrix, &none);
  EXPECT_TRUE(ValuesOf(&empty).empty());
}

TEST(Matrix, AColumnSubsetGivesTheNamedColumnsInTheirOrder) {
  DenseMatrix matrix = Counting(3);
  auto swapped = ColumnSubset::Create(&matrix, {"y", "x"});
  ASSERT_TRUE(swapped.ok());
  EXPECT_EQ(swapped->feature_names(), (std::vector<std::string>{"y", "x"}));
  EXPECT_EQ(ValuesOf(&*swapped), (std::vector<double>{0, 0, 10, 1, 20, 2}));
  auto unknown = ColumnSubset::Create(&matrix, {"x", "zz"});
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message().find("zz"), std::string::npos);
}

TEST(Matrix, AScanStopsWithTheSinksError) {
  DenseMatrix matrix = Counting(100000);
  int blocks = 0;
  auto stopped = matrix.Scan([&](const MatrixBlock&) -> Result<> {
    ++blocks;
    return base::Conflict("enough");
  });
  EXPECT_EQ(stopped.error().message(), "enough");
  EXPECT_EQ(blocks, 1);
}

}  // namespace
}  // namespace codman::columns
