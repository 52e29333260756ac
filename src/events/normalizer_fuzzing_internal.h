// What the fuzz targets of the normalisers share: concepts, and what must hold of every outcome.
// Only fuzz targets include it.
#pragma once

#include <cmath>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "base/yaml.h"
#include "events/normalizer.h"

namespace codman::events {

constexpr int64_t kFuzzNowUs = 1'795'000'000LL * base::kSecondUs;  // November 2026

inline void Require(bool condition) {
  if (!condition) std::abort();
}

inline const Concepts& FuzzConcepts() {
  static const Concepts kConcepts = [] {
    auto document = base::ParseYaml(R"(concepts:
  - {name: heart_rate, codes: [LOINC//8867-4], unit: /min, range: [10, 350]}
  - {name: temperature, codes: [LOINC//8310-5], unit: Cel, range: [26, 45], ambiguous: [60, 115],
     conversions: [{unit: "[degF]", factor: 0.5555555555555556, offset: -17.77777777777778}]}
  - {name: age, unit: a, range: [0, 130], top_code: 90}
  - {name: died, unit: "1", range: [0, 1], outcome: true}
)",
                                    "fuzz.yaml");
    auto concepts = Concepts::FromDocuments({{"fuzz.yaml", *document}});
    Require(concepts.ok());
    return std::move(*concepts);
  }();
  return kConcepts;
}

// Every table is whole; what has a concept lies in its range; nothing is known before it happened.
inline void RequireSound(const Normalized& out, int64_t records) {
  Require(out.records == records);
  Require(out.unparsable_records <= out.records);
  for (const auto* table : {&out.events, &out.quarantine}) {
    for (const auto& column : table->columns) {
      Require(column.valid.size() == static_cast<size_t>(table->num_rows()));
    }
  }
  const auto &names = *out.events.Find("concept"), &values = *out.events.Find("value");
  const auto &happened = *out.events.Find("event_time"), &known = *out.events.Find("known_time");
  for (size_t i = 0; i < names.valid.size(); ++i) {
    Require(known.ints[i] >= happened.ints[i]);
    Require(values.valid[i] == 0 || std::isfinite(values.doubles[i]));
    int index = FuzzConcepts().Find(names.strings[i]);
    if (index < 0 || values.valid[i] == 0) continue;
    const Concept& each = FuzzConcepts()[index];
    Require(values.doubles[i] >= each.low && values.doubles[i] <= each.high);
  }
}

inline bool SameRows(const columns::Table& a, const columns::Table& b) {
  if (a.num_rows() != b.num_rows()) return false;
  for (size_t c = 0; c < a.columns.size(); ++c) {
    const auto &left = a.columns[c], &right = b.columns[c];
    if (left.valid != right.valid || left.ints != right.ints || left.doubles != right.doubles)
      return false;
    for (size_t i = 0; i < left.strings.size(); ++i) {
      if (left.strings[i] != right.strings[i]) return false;
    }
  }
  return true;
}

}  // namespace codman::events
