#include "models/tree_shap.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/text.h"
#include "models/tree_shap_kernel_internal.h"

namespace codman::models {
namespace {

std::atomic<bool> use_plain_code{false};

using RowRunner = void (*)(const ShapGroup&, const ShapTree&, const double*, const ShapScratch&);

template <int V>
void RunPlain(const ShapGroup& group, const ShapTree& tree, const double* columns,
              const ShapScratch& scratch) {
  ShapKernel<TwoLanes, 2 * V>(group, tree, columns, scratch).Run();
}

#if defined(__x86_64__)
template <int V>
[[gnu::target("avx2")]] void RunAvx2(const ShapGroup& group, const ShapTree& tree,
                                     const double* columns, const ShapScratch& scratch) {
  ShapKernel<FourLanes, V>(group, tree, columns, scratch).Run();
}

bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has && !use_plain_code.load(std::memory_order_relaxed);
}
#endif

template <int V>
RowRunner RunnerOf() {
#if defined(__x86_64__)
  if (HasAvx2()) return RunAvx2<V>;
#endif
  return RunPlain<V>;
}

RowRunner RunnerFor(int num_vectors) {
  switch (num_vectors) {
    case 1:
      return RunnerOf<1>();
    case 2:
      return RunnerOf<2>();
    case 3:
      return RunnerOf<3>();
    case 4:
      return RunnerOf<4>();
    case 5:
      return RunnerOf<5>();
    case 6:
      return RunnerOf<6>();
    case 7:
      return RunnerOf<7>();
    default:
      return RunnerOf<8>();
  }
}

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

constexpr size_t kRowsAtOnce = 32;

// Up to kRowsAtOnce rows; trees outside, rows inside, so that a super-tree stays in the cache.
class BlockExplainer {
 public:
  BlockExplainer(const ShapLayout& layout, size_t num_rows) : layout_(layout), num_rows_(num_rows) {
    thread_local Workspace workspace;
    size_t vectors = 1;
    for (const ShapGroup& group : layout.groups)
      vectors = std::max<size_t>(vectors, group.num_vectors);
    size_t slots = layout.max_slots * vectors * kLanes;
    size_t contributions = layout.used_features.size() * vectors * kLanes * num_rows;
    size_t columns = static_cast<size_t>(layout.columns.count()) * num_rows;
    workspace.Reserve(2 * slots + layout.max_edges + contributions + columns + 64);
    scratch_.prefix = workspace.Take(slots);
    scratch_.subtree = workspace.Take(slots);
    scratch_.edge = workspace.Take(layout.max_edges);
    contributions_ = workspace.Take(contributions);
    columns_ = workspace.Take(columns);
  }

  void Explain(const double* rows, double* out) {
    auto features = static_cast<size_t>(layout_.num_features);
    auto width = static_cast<size_t>(layout_.columns.count());
    for (size_t r = 0; r < num_rows_; ++r)
      layout_.columns.Fill(rows + r * features, columns_ + r * width);
    std::fill_n(out, num_rows_ * (features + 1), 0.0);
    for (const ShapGroup& group : layout_.groups) AddGroup(group, out);
    for (size_t r = 0; r < num_rows_; ++r) {
      double* row = out + r * (features + 1);
      for (int32_t used : layout_.used_features) row[used] /= layout_.divisor;
      row[features] = layout_.base;
    }
  }

 private:
  void AddGroup(const ShapGroup& group, double* out) {
    size_t points = static_cast<size_t>(group.num_vectors) * kLanes;
    size_t used = layout_.used_features.size();
    std::fill_n(contributions_, num_rows_ * used * points, 0.0);
    RowRunner run = RunnerFor(group.num_vectors);
    for (const ShapTree& tree : group.trees) {
      for (size_t r = 0; r < num_rows_; ++r) {
        scratch_.contribution = contributions_ + r * used * points;
        run(group, tree, columns_ + r * static_cast<size_t>(layout_.columns.count()), scratch_);
      }
    }
    for (size_t r = 0; r < num_rows_; ++r) {
      double* row = out + r * (static_cast<size_t>(layout_.num_features) + 1);
      const double* lanes = contributions_ + r * used * points;
      for (size_t f = 0; f < used; ++f, lanes += points) {
        double sum = 0;
        for (size_t k = 0; k < points; ++k) sum += group.rule.weights[k] * lanes[k];
        row[layout_.used_features[f]] += sum;
      }
    }
  }

  const ShapLayout& layout_;
  size_t num_rows_;
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
  for (size_t t = 0; t < forest.trees.size(); ++t) {
    int features = MaxPathFeatures(forest.trees[t]);
    if (features > kMaxPathFeatures) {
      return base::InvalidInput(
          format("tree {} has a path with {} different features; exact contributions are made for "
                 "at most {}: train with a "
                 "lower max_depth",
                 t, features, kMaxPathFeatures));
    }
  }
  return TreeShap(std::make_unique<const ShapLayout>(LayOut(forest)));
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

void TreeShap::UsePlainCode(bool plain) { use_plain_code = plain; }

}  // namespace codman::models
