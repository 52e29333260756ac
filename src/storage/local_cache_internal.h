// The cache in this process, with a clock that a test can set.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "storage/cache.h"

namespace codman::storage {

// What an entry takes beside its key and value: list node, two indices, the strings' own heads.
constexpr int64_t kCacheEntryBytes = 208;

std::unique_ptr<Cache> MakeLocalCacheWithClock(const LocalCacheOptions& options,
                                               std::function<int64_t()> clock_us);

}  // namespace codman::storage
