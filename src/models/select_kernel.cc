#include <algorithm>
#include <atomic>
#include <cstring>

#include "models/select_kernel_internal.h"

namespace codman::models {
namespace {

std::atomic<SelectCode> widest_allowed{SelectCode::kAvx512};

template <size_t kBytes>
struct Bytes {
  using Vector [[gnu::vector_size(kBytes), gnu::may_alias, gnu::aligned(1)]] = uint8_t;
};

// Vectors of kBytes rows, as many as make kSelectRows.
template <size_t kBytes>
[[gnu::always_inline]] inline void Choose(std::span<const BatchScorer::Select> selects,
                                          const uint8_t* ranks, size_t stride, uint8_t* scratch,
                                          uint8_t* leaf_numbers) {
  using Vector = typename Bytes<kBytes>::Vector;
  constexpr size_t kVectors = kSelectRows / kBytes;
  auto at = [](const uint8_t* bytes) __attribute__((always_inline)) {
    return reinterpret_cast<const Vector*>(bytes);
  };
  uint8_t* out = scratch + BatchScorer::kLeafNumbers * kSelectRows;
  for (const BatchScorer::Select& select : selects) {
    const Vector* rank = at(ranks + select.column * stride);
    const Vector* left = at(scratch + select.left * kSelectRows);
    const Vector* right = at(scratch + select.right * kSelectRows);
    auto* chosen = reinterpret_cast<Vector*>(out);
    for (size_t v = 0; v < kVectors; ++v)
      chosen[v] = rank[v] <= select.rank - Vector{} ? left[v] : right[v];
    out += kSelectRows;
  }
  std::memcpy(leaf_numbers, out - kSelectRows, kSelectRows);
}

void ChoosePlain(std::span<const BatchScorer::Select> selects, const uint8_t* ranks, size_t stride,
                 uint8_t* scratch, uint8_t* leaf_numbers) {
  Choose<16>(selects, ranks, stride, scratch, leaf_numbers);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void ChooseAvx2(std::span<const BatchScorer::Select> selects,
                                        const uint8_t* ranks, size_t stride, uint8_t* scratch,
                                        uint8_t* leaf_numbers) {
  Choose<32>(selects, ranks, stride, scratch, leaf_numbers);
}

[[gnu::target("avx512f,avx512bw")]] void ChooseAvx512(std::span<const BatchScorer::Select> selects,
                                                      const uint8_t* ranks, size_t stride,
                                                      uint8_t* scratch, uint8_t* leaf_numbers) {
  Choose<64>(selects, ranks, stride, scratch, leaf_numbers);
}
#endif

SelectCode WidestOfProcessor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
    return SelectCode::kAvx512;
  if (__builtin_cpu_supports("avx2")) return SelectCode::kAvx2;
#endif
  return SelectCode::kPlain;
}

}  // namespace

SelectCode BestSelectCode() {
  static const SelectCode widest = WidestOfProcessor();
  return std::min(widest, widest_allowed.load(std::memory_order_relaxed));
}

void BatchScorer::LimitCode(SelectCode widest) { widest_allowed = widest; }

SelectRunner SelectRunnerFor(SelectCode code) {
#if defined(__x86_64__)
  if (code == SelectCode::kAvx512) return ChooseAvx512;
  if (code == SelectCode::kAvx2) return ChooseAvx2;
#else
  static_cast<void>(code);
#endif
  return ChoosePlain;
}

}  // namespace codman::models
