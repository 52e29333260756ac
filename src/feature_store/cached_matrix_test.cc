#include "feature_store/cached_matrix.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <csignal>
#include <limits>

#include "base/file.h"
#include "base/text.h"

// Expected: what the source gave, bit for bit.
namespace codman::feature_store {
namespace {

using columns::MatrixBlock;

// Row i holds i, a NaN of its own or a number that repeats; counts how often it is read.
class CountedMatrix : public columns::MatrixSource {
 public:
  CountedMatrix(int64_t rows, int* scans) : rows_(rows), scans_(scans) {}
  int64_t num_rows() const override { return rows_; }
  const std::vector<std::string>& feature_names() const override { return names_; }
  Result<> Scan(const std::function<Result<>(const MatrixBlock&)>& sink) override {
    ++*scans_;
    for (int64_t first = 0; first < rows_; first += 1000) {
      MatrixBlock block{.first_row = first,
                        .num_rows = std::min<int64_t>(1000, rows_ - first),
                        .num_features = 3};
      for (int64_t i = first; i < first + block.num_rows; ++i) {
        double odd = i % 3 == 0 ? std::nan("7") : static_cast<double>(i % 5) / 7;
        block.values.insert(block.values.end(), {static_cast<double>(i), odd, -0.0});
      }
      TRY(sink(block));
    }
    return {};
  }

 private:
  int64_t rows_;
  int* scans_;
  std::vector<std::string> names_ = {"a", "b", "c"};
};

class CachedMatrixTest : public testing::Test {
 protected:
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }

  std::unique_ptr<columns::MatrixSource> Make(int64_t rows) {
    return Cached(std::make_unique<CountedMatrix>(rows, &scans_), folder_);
  }
  static std::vector<double> ValuesOf(columns::MatrixSource* source) {
    std::vector<double> values;
    int64_t next = 0;
    auto scanned = source->Scan([&](const MatrixBlock& block) -> Result<> {
      EXPECT_EQ(block.first_row, next);
      EXPECT_EQ(block.num_features, 3);
      EXPECT_EQ(block.values.size(), size_t(block.num_rows) * 3);
      next += block.num_rows;
      values.insert(values.end(), block.values.begin(), block.values.end());
      return {};
    });
    EXPECT_TRUE(scanned.ok()) << scanned.error().ToString();
    EXPECT_EQ(next, source->num_rows());
    return values;
  }
  void ExpectSame(const std::vector<double>& a, const std::vector<double>& b) {
    auto same_bits = [](double x, double y) {
      return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y);
    };
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end(), same_bits));
  }

  int scans_ = 0;
  std::string folder_ = format("{}codman_cached_{}/deep", testing::TempDir(), getpid());
};

TEST_F(CachedMatrixTest, LaterScansGiveTheSameBitsWithoutTheSource) {
  for (int64_t rows : {0, 1, 12'345}) {
    scans_ = 0;
    int unused = 0;
    auto expected = ValuesOf(std::make_unique<CountedMatrix>(rows, &unused).get());
    auto matrix = Make(rows);
    EXPECT_EQ(matrix->feature_names(), (std::vector<std::string>{"a", "b", "c"}));
    for (int scan = 0; scan < 3; ++scan) ExpectSame(ValuesOf(matrix.get()), expected);
    EXPECT_EQ(scans_, 1);
    EXPECT_TRUE(base::ListFolder(folder_)->empty()) << "the file has no name";
  }
}

TEST_F(CachedMatrixTest, AScanThatWasStoppedLeavesNothing) {
  auto matrix = Make(5'000);
  auto stop = [](const MatrixBlock& block) -> Result<> {
    if (block.first_row >= 2'000) return base::Unavailable("enough");
    return {};
  };
  EXPECT_EQ(matrix->Scan(stop).error().message(), "enough");
  auto values = ValuesOf(matrix.get());
  EXPECT_EQ(scans_, 2);
  EXPECT_EQ(matrix->Scan(stop).error().message(), "enough") << "from the file, too";
  ExpectSame(ValuesOf(matrix.get()), values);
  EXPECT_EQ(scans_, 2);
}

TEST_F(CachedMatrixTest, ReadsTheSourceWhereNoFileCanBeMade) {
  ASSERT_TRUE(base::MakeFolders(testing::TempDir()).ok());
  std::string file = format("{}codman_cached_file_{}", testing::TempDir(), getpid());
  ASSERT_TRUE(base::WriteFileAtomically(file, "not a folder").ok());
  auto matrix = Cached(std::make_unique<CountedMatrix>(3'000, &scans_), file + "/below");
  ExpectSame(ValuesOf(matrix.get()), ValuesOf(matrix.get()));
  EXPECT_EQ(scans_, 2);
  ASSERT_TRUE(base::RemoveTree(file).ok());
}

// A file may not grow beyond a few blocks: to the program this is a full disk.
TEST_F(CachedMatrixTest, ReadsTheSourceWhereTheFileCannotGrow) {
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &usual), 0);
  auto* handler = signal(SIGXFSZ, SIG_IGN);
  auto matrix = Make(50'000);
  rlimit small = usual;
  small.rlim_cur = 100'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  auto first = ValuesOf(matrix.get());
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &usual), 0);
  signal(SIGXFSZ, handler);
  int unused = 0;
  auto expected = ValuesOf(std::make_unique<CountedMatrix>(50'000, &unused).get());
  ExpectSame(first, expected);
  ExpectSame(ValuesOf(matrix.get()), expected);
  EXPECT_EQ(scans_, 2);
}

}  // namespace
}  // namespace codman::feature_store
