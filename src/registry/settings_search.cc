#include "registry/settings_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/crypto.h"
#include "base/text.h"

namespace codman::registry {
namespace {

constexpr int64_t kMostTried = 200;
constexpr int64_t kLargestGrid = 100'000;

// A whole number from `low` to `high`; absent gives `otherwise`.
int64_t Whole(const Json& entry, const char* key, int64_t low, int64_t high, int64_t otherwise,
              base::Problems* problems) {
  if (entry.Find(key) == nullptr) return otherwise;
  double told = problems->Number(entry, key, static_cast<double>(otherwise));
  if (told == std::floor(told) && told >= static_cast<double>(low) &&
      told <= static_cast<double>(high)) {
    return static_cast<int64_t>(told);
  }
  problems->Add(entry[key], format("'{}' must be a whole number from {} to {}", key, low, high));
  return otherwise;
}

void ReadGrid(const Json& entry, SettingsSearch* search, base::Problems* problems) {
  for (const auto& [setting, values] : entry.members()) {
    if (setting == "tries" || setting == "folds") continue;
    bool plain = std::all_of(values.items().begin(), values.items().end(), [](const Json& value) {
      return value.is_number() || value.is_string() || value.is_bool();
    });
    if (values.size() == 0 || !values.is_array() || !plain) {
      problems->Add(values, format("'{}' must list the values to try: [7, 15]", setting));
      continue;
    }
    search->grid.emplace_back(setting, values.items());
    if (search->grid_size() > kLargestGrid) {
      problems->Add(entry, format("a grid may hold {} settings at most", kLargestGrid));
      search->grid.pop_back();
      return;
    }
  }
  if (search->grid.empty()) problems->Add(entry, "'search' names no setting: leaves: [7, 15]");
}

}  // namespace

int64_t SettingsSearch::grid_size() const {
  int64_t size = 1;
  for (const auto& member : grid) size *= static_cast<int64_t>(member.second.size());
  return size;
}

SettingsSearch ReadSearch(const Json& variant, base::Problems* problems) {
  SettingsSearch search;
  const Json* entry = variant.Find("search");
  if (entry == nullptr) return search;
  if (!entry->is_object()) {
    problems->Add(*entry, "'search' must be {setting: [values], …}");
    return search;
  }
  search.declared = *entry;
  ReadGrid(*entry, &search, problems);
  int64_t most = std::min(search.grid_size(), kMostTried);
  search.tries = Whole(*entry, "tries", 1, most, 0, problems);
  search.folds = static_cast<int>(Whole(*entry, "folds", 2, 10, 5, problems));
  if (search.tries == 0 && search.grid_size() > kMostTried) {
    problems->Add(*entry, format("the grid holds {} settings: add tries, {} at most",
                                 search.grid_size(), kMostTried));
  }
  return search;
}

std::vector<Json> SettingsToTry(const SettingsSearch& search, uint64_t seed) {
  std::vector<int64_t> chosen(static_cast<size_t>(search.grid_size()));
  std::iota(chosen.begin(), chosen.end(), 0);
  if (search.tries > 0) {
    std::vector<std::pair<uint64_t, int64_t>> drawn;
    for (int64_t place : chosen)
      drawn.emplace_back(base::LowBits(base::Sha256Of(format("search\n{}\n{}", seed, place))),
                         place);
    std::sort(drawn.begin(), drawn.end());
    drawn.resize(static_cast<size_t>(search.tries));
    chosen.clear();
    for (const auto& [bits, place] : drawn) chosen.push_back(place);
    std::sort(chosen.begin(), chosen.end());
  }
  std::vector<Json> list;
  for (int64_t place : chosen) {
    Json tried = Json::Object();
    int64_t block = search.grid_size();
    for (const auto& [setting, values] : search.grid) {
      block /= static_cast<int64_t>(values.size());
      tried.Set(setting, values[static_cast<size_t>(place / block) % values.size()]);
    }
    list.push_back(std::move(tried));
  }
  return list;
}

Json WithMembers(Json settings, const Json& tried) {
  if (!settings.is_object()) settings = Json::Object();
  for (const auto& [name, value] : tried.members()) settings.Set(name, value);
  return settings;
}

}  // namespace codman::registry
