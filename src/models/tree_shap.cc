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
// A pack of rows takes as long as about two and a half rows one by one, full or not.
constexpr size_t kRowsWorthAPack = 3;

// Up to kRowsAtOnce rows; trees outside, rows inside, so that a super-tree stays in the cache.
// Packs of rows go side by side, a few that are left one by one: a row has the same bits either
// way.
class BlockExplainer {
 public:
  BlockExplainer(const ShapLayout& layout, size_t num_rows)
      : layout_(layout),
        code_(BestShapCode()),
        pack_(RowsInPack(code_)),
        num_packs_(num_rows / pack_ + (num_rows % pack_ >= kRowsWorthAPack ? 1 : 0)),
        packed_rows_(std::min(num_rows, num_packs_ * pack_)),
        num_rows_(num_rows),
        num_features_(static_cast<size_t>(layout.num_features)),
        num_columns_(static_cast<size_t>(layout.columns.count())),
        num_used_(layout.used_features.size()) {
    thread_local Workspace workspace;
    size_t points = kLanes;
    for (const ShapGroup& group : layout.groups)
      points = std::max(points, group.rule.points.size());
    size_t lanes = num_packs_ > 0 ? pack_ : 1;
    size_t slots = layout.max_slots * points * lanes;
    size_t edges = layout.max_edges * lanes;
    size_t places = num_packs_ * pack_ + num_rows_ - packed_rows_;
    workspace.Reserve(2 * slots + edges + places * (num_used_ + num_columns_) + num_columns_ + 64);
    scratch_.prefix = workspace.Take(slots);
    scratch_.subtree = workspace.Take(slots);
    scratch_.edge = workspace.Take(edges);
    contributions_ = workspace.Take(places * num_used_);
    columns_ = workspace.Take(places * num_columns_);
    row_columns_ = workspace.Take(num_columns_);
    std::fill_n(contributions_, places * num_used_, 0.0);
  }

  void Explain(const double* rows, double* out) {
    FillColumns(rows);
    for (const ShapGroup& group : layout_.groups) {
      if (num_packs_ > 0) AddPacks(group);
      if (packed_rows_ < num_rows_) AddRows(group);
    }
    std::fill_n(out, num_rows_ * (num_features_ + 1), 0.0);
    for (size_t r = 0; r < num_rows_; ++r) {
      const bool packed = r < packed_rows_;
      const double* own = packed ? contributions_ + r / pack_ * pack_ * num_used_ + r % pack_
                                 : contributions_ + PlaceOf(r) * num_used_;
      Write(own, packed ? pack_ : 1, out + r * (num_features_ + 1));
    }
  }

 private:
  // Where a row that is in no pack stands: behind the packs.
  size_t PlaceOf(size_t row) const { return num_packs_ * pack_ + row - packed_rows_; }

  // Packs first, each column × row; a pack that is not full repeats its last row. Then the rest.
  void FillColumns(const double* rows) {
    for (size_t r = 0; r < num_packs_ * pack_; ++r) {
      if (r < num_rows_) layout_.columns.Fill(rows + r * num_features_, row_columns_);
      double* pack = columns_ + r / pack_ * pack_ * num_columns_ + r % pack_;
      for (size_t c = 0; c < num_columns_; ++c) pack[c * pack_] = row_columns_[c];
    }
    for (size_t r = packed_rows_; r < num_rows_; ++r)
      layout_.columns.Fill(rows + r * num_features_, columns_ + PlaceOf(r) * num_columns_);
  }

  void AddPacks(const ShapGroup& group) {
    ShapPacks packs{columns_, contributions_, num_packs_, num_columns_ * pack_, num_used_ * pack_};
    ShapPackRunner run = PackRunnerFor(code_, group);
    for (const ShapTree& tree : group.trees) run(group, tree, packs, scratch_);
  }

  void AddRows(const ShapGroup& group) {
    ShapRowRunner run = RowRunnerFor(code_, group);
    for (const ShapTree& tree : group.trees) {
      for (size_t r = packed_rows_; r < num_rows_; ++r) {
        scratch_.contribution = contributions_ + PlaceOf(r) * num_used_;
        run(group, tree, columns_ + PlaceOf(r) * num_columns_, scratch_);
      }
    }
  }

  // One row's contributions, which lie `stride` apart.
  void Write(const double* own, size_t stride, double* out) const {
    for (size_t f = 0; f < num_used_; ++f)
      out[layout_.used_features[f]] = own[f * stride] / layout_.divisor;
    out[num_features_] = layout_.base;
  }

  const ShapLayout& layout_;
  ShapCode code_;
  size_t pack_;         // rows side by side
  size_t num_packs_;    // the last may not be full
  size_t packed_rows_;  // the first of the block
  size_t num_rows_, num_features_, num_columns_, num_used_;
  ShapScratch scratch_{};
  double* contributions_;  // used feature × row of a pack, pack by pack; then row by row
  double* columns_;        // the same of columns
  double* row_columns_;    // of one row, on its way into a pack
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
