#include "models/tree_shap.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "models/tree_shap_kernels_internal.h"

namespace codman::models {
namespace {

// A thread's working memory, reused from call to call.
class Workspace {
 public:
  // Doubles for `count`, aligned to a cache line; content undefined.
  double* Take(size_t count) {
    count = (count + 7) / 8 * 8;
    double* begin = next_;
    next_ += count;
    return begin;
  }
  void Reserve(size_t count) {
    if (storage_.size() < count + 64) storage_.resize(count + 64);
    auto address = reinterpret_cast<uintptr_t>(storage_.data());
    next_ = storage_.data() + (64 - address % 64) % 64 / sizeof(double);
  }

 private:
  std::vector<double> storage_;
  double* next_ = nullptr;
};

constexpr size_t kRowsAtOnce = 64;

// Up to kRowsAtOnce rows; trees outside, rows inside, so that a super-tree stays in the cache.
// Whole packs of rows go side by side, the rest one by one: a row has the same bits either way.
class BlockExplainer {
 public:
  BlockExplainer(const ShapLayout& layout, size_t num_rows)
      : layout_(layout),
        code_(BestShapCode()),
        pack_(RowsInPack(code_)),
        packed_rows_(num_rows / pack_ * pack_),
        num_rows_(num_rows),
        num_features_(static_cast<size_t>(layout.num_features)),
        num_columns_(static_cast<size_t>(layout.columns.count())) {
    thread_local Workspace workspace;
    size_t points = kLanes;
    for (const ShapGroup& group : layout.groups)
      points = std::max(points, group.rule.points.size());
    size_t lanes = packed_rows_ > 0 ? pack_ : 1;
    size_t slots = layout.max_slots * points * lanes;
    size_t edges = layout.max_edges * lanes;
    size_t contributions = layout.used_features.size() * points * num_rows;
    size_t columns = num_columns_ * (num_rows + 1);
    workspace.Reserve(2 * slots + edges + contributions + columns + 64);
    scratch_.prefix = workspace.Take(slots);
    scratch_.subtree = workspace.Take(slots);
    scratch_.edge = workspace.Take(edges);
    contributions_ = workspace.Take(contributions);
    columns_ = workspace.Take(columns);
  }

  void Explain(const double* rows, double* out) {
    FillColumns(rows);
    std::fill_n(out, num_rows_ * (num_features_ + 1), 0.0);
    for (const ShapGroup& group : layout_.groups) {
      if (packed_rows_ > 0) AddPacks(group, out);
      if (packed_rows_ < num_rows_) AddRows(group, out);
    }
    for (size_t r = 0; r < num_rows_; ++r) {
      double* row = out + r * (num_features_ + 1);
      for (int32_t used : layout_.used_features) row[used] /= layout_.divisor;
      row[num_features_] = layout_.base;
    }
  }

 private:
  // Packs first, each column × row; then the single rows.
  void FillColumns(const double* rows) {
    double* row = columns_ + num_rows_ * num_columns_;
    for (size_t r = 0; r < packed_rows_; ++r) {
      layout_.columns.Fill(rows + r * num_features_, row);
      double* pack = columns_ + r / pack_ * pack_ * num_columns_ + r % pack_;
      for (size_t c = 0; c < num_columns_; ++c) pack[c * pack_] = row[c];
    }
    for (size_t r = packed_rows_; r < num_rows_; ++r)
      layout_.columns.Fill(rows + r * num_features_, columns_ + r * num_columns_);
  }

  void AddPacks(const ShapGroup& group, double* out) {
    auto points = static_cast<size_t>(group.num_points);
    size_t used = layout_.used_features.size();
    size_t stride = used * points * pack_;
    std::fill_n(contributions_, packed_rows_ / pack_ * stride, 0.0);
    ShapPacks packs{columns_, contributions_, packed_rows_ / pack_, num_columns_ * pack_, stride};
    ShapPackRunner run = PackRunnerFor(code_, group);
    for (const ShapTree& tree : group.trees) run(group, tree, packs, scratch_);
    for (size_t r = 0; r < packed_rows_; ++r) {
      double* row = out + r * (num_features_ + 1);
      const double* lanes = contributions_ + r / pack_ * stride + r % pack_;
      for (size_t f = 0; f < used; ++f, lanes += points * pack_) {
        double sum = 0;
        for (size_t k = 0; k < points; ++k) sum += group.rule.weights[k] * lanes[k * pack_];
        row[layout_.used_features[f]] += sum;
      }
    }
  }

  void AddRows(const ShapGroup& group, double* out) {
    size_t padded = group.rule.points.size();
    auto points = static_cast<size_t>(group.num_points);
    size_t used = layout_.used_features.size();
    ShapRowRunner run = RowRunnerFor(code_, group);
    std::fill_n(contributions_, (num_rows_ - packed_rows_) * used * padded, 0.0);
    for (const ShapTree& tree : group.trees) {
      scratch_.contribution = contributions_;
      for (size_t r = packed_rows_; r < num_rows_; ++r) {
        run(group, tree, columns_ + r * num_columns_, scratch_);
        scratch_.contribution += used * padded;
      }
    }
    const double* lanes = contributions_;
    for (size_t r = packed_rows_; r < num_rows_; ++r) {
      double* row = out + r * (num_features_ + 1);
      for (size_t f = 0; f < used; ++f, lanes += padded) {
        double sum = 0;
        for (size_t k = 0; k < points; ++k) sum += group.rule.weights[k] * lanes[k];
        row[layout_.used_features[f]] += sum;
      }
    }
  }

  const ShapLayout& layout_;
  ShapCode code_;
  size_t pack_;         // rows side by side
  size_t packed_rows_;  // the first of the block
  size_t num_rows_, num_features_, num_columns_;
  ShapScratch scratch_{};
  double* contributions_;
  double* columns_;
};

}  // namespace

TreeShap::TreeShap(std::unique_ptr<const ShapLayout> layout) : layout_(std::move(layout)) {}
TreeShap::TreeShap(TreeShap&&) noexcept = default;
TreeShap& TreeShap::operator=(TreeShap&&) noexcept = default;
TreeShap::~TreeShap() = default;

Result<TreeShap> TreeShap::Create(const Forest& forest) {
  ShapLayout layout = TRY(LayOut(forest, kMaxPathFeatures));
  return TreeShap(std::make_unique<const ShapLayout>(std::move(layout)));
}

void TreeShap::Explain(std::span<const double> rows, std::span<double> contributions) const {
  auto features = static_cast<size_t>(layout_->num_features);
  size_t num_rows = contributions.size() / (features + 1);
  CHECK(contributions.size() == num_rows * (features + 1) && rows.size() == num_rows * features);
  for (size_t first = 0; first < num_rows; first += kRowsAtOnce) {
    BlockExplainer block(*layout_, std::min(kRowsAtOnce, num_rows - first));
    block.Explain(rows.data() + first * features, contributions.data() + first * (features + 1));
  }
}

double TreeShap::base() const { return layout_->base; }

}  // namespace codman::models
