#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "models/tree_shap_kernel_internal.h"
#include "models/tree_shap_kernels_internal.h"
#include "models/tree_shap_rows_kernel_internal.h"

namespace codman::models {
namespace {

constexpr size_t kMaxVectors = 8;      // of the row kernel: kMaxPathFeatures / 2 points
constexpr size_t kUnrolledPoints = 8;  // the pack kernel beyond them counts at run time

std::atomic<ShapCode> widest_allowed{ShapCode::kAvx512};

template <typename Width, size_t V>
[[gnu::always_inline]] inline void RunRow(const ShapGroup& group, const ShapTree& tree,
                                          const double* columns, const ShapScratch& scratch) {
  constexpr size_t kVectors = V * kLanes * sizeof(double) / sizeof(typename Width::Vector);
  ShapKernel<Width, static_cast<int>(kVectors)>(group, tree, columns, scratch).Run();
}

template <typename Width, size_t N>
[[gnu::always_inline]] inline void RunPacks(const ShapGroup& group, const ShapTree& tree,
                                            const ShapPacks& packs, ShapScratch scratch) {
  using Kernel = ShapRowsKernel<Width, static_cast<int>(N)>;
  scratch.contribution = packs.contributions;
  Kernel{group, tree, packs.columns, scratch}.FillLeaves();
  for (size_t p = 0; p < packs.count; ++p) {
    Kernel{group, tree, packs.columns + p * packs.columns_stride, scratch}.Run();
    scratch.contribution += packs.contributions_stride;
  }
}

template <size_t V>
void RunRowPlain(const ShapGroup& group, const ShapTree& tree, const double* columns,
                 const ShapScratch& scratch) {
  RunRow<TwoLanes, V>(group, tree, columns, scratch);
}
template <size_t N>
void RunPacksPlain(const ShapGroup& group, const ShapTree& tree, const ShapPacks& packs,
                   const ShapScratch& scratch) {
  RunPacks<TwoLanes, N>(group, tree, packs, scratch);
}

template <size_t... V>
constexpr auto PlainRowRunners(std::index_sequence<V...>) {
  return std::array<ShapRowRunner, sizeof...(V)>{RunRowPlain<V + 1>...};
}
template <size_t... N>
constexpr auto PlainPackRunners(std::index_sequence<N...>) {
  return std::array<ShapPackRunner, sizeof...(N)>{RunPacksPlain<N>...};
}

#if defined(__x86_64__)
template <size_t V>
[[gnu::target("avx2")]] void RunRowAvx2(const ShapGroup& group, const ShapTree& tree,
                                        const double* columns, const ShapScratch& scratch) {
  RunRow<FourLanes, V>(group, tree, columns, scratch);
}
template <size_t N>
[[gnu::target("avx2")]] void RunPacksAvx2(const ShapGroup& group, const ShapTree& tree,
                                          const ShapPacks& packs, const ShapScratch& scratch) {
  RunPacks<FourLanes, N>(group, tree, packs, scratch);
}
template <size_t N>
[[gnu::target("avx512f,avx512dq")]] void RunPacksAvx512(const ShapGroup& group,
                                                        const ShapTree& tree,
                                                        const ShapPacks& packs,
                                                        const ShapScratch& scratch) {
  RunPacks<EightLanes, N>(group, tree, packs, scratch);
}

template <size_t... V>
constexpr auto Avx2RowRunners(std::index_sequence<V...>) {
  return std::array<ShapRowRunner, sizeof...(V)>{RunRowAvx2<V + 1>...};
}
template <size_t... N>
constexpr auto Avx2PackRunners(std::index_sequence<N...>) {
  return std::array<ShapPackRunner, sizeof...(N)>{RunPacksAvx2<N>...};
}
template <size_t... N>
constexpr auto Avx512PackRunners(std::index_sequence<N...>) {
  return std::array<ShapPackRunner, sizeof...(N)>{RunPacksAvx512<N>...};
}
#endif

ShapCode WidestOfProcessor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    return ShapCode::kAvx512;
  if (__builtin_cpu_supports("avx2")) return ShapCode::kAvx2;
#endif
  return ShapCode::kPlain;
}

}  // namespace

ShapCode BestShapCode() {
  static const ShapCode widest = WidestOfProcessor();
  return std::min(widest, widest_allowed.load(std::memory_order_relaxed));
}

void LimitShapCode(ShapCode widest) { widest_allowed = widest; }

ShapRowRunner RowRunnerFor(ShapCode code, const ShapGroup& group) {
  auto vectors = static_cast<size_t>(group.num_vectors) - 1;
  using Each = std::make_index_sequence<kMaxVectors>;
#if defined(__x86_64__)
  static constexpr auto kAvx2 = Avx2RowRunners(Each());
  if (code != ShapCode::kPlain) return kAvx2[vectors];
#else
  static_cast<void>(code);
#endif
  static constexpr auto kPlain = PlainRowRunners(Each());
  return kPlain[vectors];
}

ShapPackRunner PackRunnerFor(ShapCode code, const ShapGroup& group) {
  auto points = static_cast<size_t>(group.num_points);
  if (points > kUnrolledPoints) points = 0;
  using Each = std::make_index_sequence<kUnrolledPoints + 1>;
#if defined(__x86_64__)
  static constexpr auto kAvx512 = Avx512PackRunners(Each());
  static constexpr auto kAvx2 = Avx2PackRunners(Each());
  if (code == ShapCode::kAvx512) return kAvx512[points];
  if (code == ShapCode::kAvx2) return kAvx2[points];
#else
  static_cast<void>(code);
#endif
  static constexpr auto kPlain = PlainPackRunners(Each());
  return kPlain[points];
}

size_t RowsInPack(ShapCode code) {
  return code == ShapCode::kAvx512 ? 8 : code == ShapCode::kAvx2 ? 4 : 2;
}

}  // namespace codman::models
