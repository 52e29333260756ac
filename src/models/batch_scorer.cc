#include <algorithm>
#include <limits>

#include "models/batch_scorer_internal.h"
#include "models/select_kernel_internal.h"

namespace codman::models {
namespace {

constexpr size_t kRowsAtOnce = ThresholdRanks::kRowsAtOnce;
constexpr uint8_t kAlwaysRight = std::numeric_limits<uint8_t>::max();
constexpr size_t kRowsSideBySide = 16;
// Rows that go through a tree before the next tree is fetched: many, where the forest is larger
// than the caches and its trees larger than the ranks of a block.
constexpr size_t kBlocksPerWalkedTree = 16;

// A thread's working memory, reused from call to call.
struct Scratch {
  std::vector<uint8_t> ranks;  // column × kRowsAtOnce; one more column of 255
  alignas(64) uint8_t select[kSelectScratch];

  Scratch() {
    for (size_t i = 0; i < BatchScorer::kLeafNumbers * kSelectRows; ++i)
      select[i] = static_cast<uint8_t>(i / kSelectRows);
  }
};

Scratch& ScratchOfThread() {
  thread_local auto scratch = std::make_unique<Scratch>();
  return *scratch;
}

}  // namespace

std::unique_ptr<const BatchScorer> BatchScorer::Create(const Forest& forest) {
  auto ranks = ThresholdRanks::Create(forest, kMaxColumns);
  if (!ranks) return nullptr;
  return std::unique_ptr<const BatchScorer>(new BatchScorer(forest, std::move(*ranks)));
}

BatchScorer::BatchScorer(const Forest& forest, ThresholdRanks ranks)
    : ranks_(std::move(ranks)), num_features_(forest.feature_names.size()) {
  for (const ForestTree& tree : forest.trees) {
    Tree laid{tree.num_leaves() > kLeafNumbers, tree.Depth(), 0, 0, values_.size()};
    laid.splits_begin = laid.walked ? steps_.size() : selects_.size();
    laid.walked ? AppendSteps(tree) : AppendSelects(tree);
    laid.splits_end = laid.walked ? steps_.size() : selects_.size();
    any_walked_ = any_walked_ || laid.walked;
    trees_.push_back(laid);
  }
}

// Parents stand before children in the tree, so backwards children come first.
void BatchScorer::AppendSelects(const ForestTree& tree) {
  std::vector<uint16_t> operands(tree.nodes.size());
  int leaves = 0, splits = 0;
  for (size_t i = tree.nodes.size(); i-- > 0;) {
    const ForestNode& node = tree.nodes[i];
    if (node.is_leaf()) {
      operands[i] = static_cast<uint16_t>(leaves++);
      values_.push_back(node.value);
      continue;
    }
    operands[i] = static_cast<uint16_t>(kLeafNumbers + splits++);
    ThresholdRanks::Place place = ranks_.PlaceOf(node);
    selects_.push_back({operands[node.left], operands[node.right],
                        static_cast<uint16_t>(place.column), place.rank});
  }
}

void BatchScorer::AppendSteps(const ForestTree& tree) {
  auto always_right = static_cast<uint16_t>(ranks_.num_columns());
  std::vector<int32_t> origin = {0};
  for (size_t i = 0; i < origin.size(); ++i) {
    const ForestNode& node = tree.nodes[origin[i]];
    values_.push_back(node.is_leaf() ? node.value : 0);
    if (node.is_leaf()) {
      steps_.push_back({static_cast<uint32_t>(i) - 1, always_right, 0});
      continue;
    }
    ThresholdRanks::Place place = ranks_.PlaceOf(node);
    steps_.push_back(
        {static_cast<uint32_t>(origin.size()), static_cast<uint16_t>(place.column), place.rank});
    origin.push_back(node.left);
    origin.push_back(node.right);
  }
}

void BatchScorer::AddSelected(const Tree& tree, const uint8_t* ranks, size_t count,
                              double* sums) const {
  const double* values = values_.data() + tree.values_begin;
  std::span<const Select> selects(selects_.data() + tree.splits_begin,
                                  tree.splits_end - tree.splits_begin);
  if (selects.empty()) {
    for (size_t r = 0; r < count; ++r) sums[r] += values[0];
    return;
  }
  SelectRunner run = SelectRunnerFor(BestSelectCode());
  uint8_t* scratch = ScratchOfThread().select;
  uint8_t leaves[kSelectRows];
  for (size_t first = 0; first < count; first += kSelectRows) {
    run(selects, ranks + first, kRowsAtOnce, scratch, leaves);
    size_t rows = std::min(kSelectRows, count - first);
    for (size_t r = 0; r < rows; ++r) sums[first + r] += values[leaves[r]];
  }
}

void BatchScorer::AddWalked(const Tree& tree, const uint8_t* ranks, size_t count,
                            double* sums) const {
  const Step* steps = steps_.data() + tree.splits_begin;
  const double* values = values_.data() + tree.values_begin;
  for (size_t first = 0; first < count; first += kRowsSideBySide) {
    const uint8_t* own = ranks + first;
    uint32_t at[kRowsSideBySide] = {};
    // Rows that wait in their leaves cost little; most trees have few deep leaves, so look now and
    // then whether anyone still moves.
    for (int32_t depth = 0; depth < tree.depth;) {
      uint32_t moved = 0;
      for (int32_t burst = 0; burst < 4; ++burst, ++depth) {
        moved = 0;
        for (size_t r = 0; r < kRowsSideBySide; ++r) {
          const Step& step = steps[at[r]];
          uint32_t next = step.left + (own[step.column * kRowsAtOnce + r] > step.rank ? 1 : 0);
          moved |= next ^ at[r];
          at[r] = next;
        }
      }
      if (moved == 0) break;
    }
    size_t rows = std::min(kRowsSideBySide, count - first);
    for (size_t r = 0; r < rows; ++r) sums[first + r] += values[at[r]];
  }
}

void BatchScorer::AddLeafValues(std::span<const double> rows, std::span<double> sums) const {
  std::vector<uint8_t>& ranks = ScratchOfThread().ranks;
  size_t block = (ranks_.num_columns() + 1) * kRowsAtOnce;
  size_t blocks_at_once =
      std::min(any_walked_ ? kBlocksPerWalkedTree : 1, (sums.size() - 1) / kRowsAtOnce + 1);
  ranks.resize(block * blocks_at_once);
  for (size_t b = 1; b <= blocks_at_once; ++b)
    std::fill_n(ranks.data() + b * block - kRowsAtOnce, kRowsAtOnce, kAlwaysRight);
  for (size_t first = 0; first < sums.size(); first += blocks_at_once * kRowsAtOnce) {
    auto some_sums = sums.subspan(first);
    if (some_sums.size() > blocks_at_once * kRowsAtOnce)
      some_sums = some_sums.first(blocks_at_once * kRowsAtOnce);
    auto for_blocks = [&](auto work) {
      for (size_t begin = 0; begin < some_sums.size(); begin += kRowsAtOnce)
        work(begin, ranks.data() + begin / kRowsAtOnce * block,
             std::min(kRowsAtOnce, some_sums.size() - begin));
    };
    for_blocks([&](size_t begin, uint8_t* own_ranks, size_t count) {
      ranks_.Fill(rows.data() + (first + begin) * num_features_, count, own_ranks, kRowsAtOnce);
    });
    for (const Tree& tree : trees_) {
      for_blocks([&](size_t begin, const uint8_t* own_ranks, size_t count) {
        double* own_sums = some_sums.data() + begin;
        tree.walked ? AddWalked(tree, own_ranks, count, own_sums)
                    : AddSelected(tree, own_ranks, count, own_sums);
      });
    }
  }
}

}  // namespace codman::models
