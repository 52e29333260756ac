// Times the normaliser on NDJSON in memory: bytes → lines → checked events and refusals in columns.
// Prints one JSON object: CPU seconds of the fastest pass, what was accepted and refused per
// reason, and count and sum of the values per concept, for the driver to compare.
//
// normaliser_bench CLINIC SOURCE FILE…
// normaliser_bench concepts CLINIC     prints the concepts for the peer
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cpu_clock.h"
#include "events/normalizer.h"

namespace {

using codman::Json;
using codman::events::Normalized;
using codman::events::Normalizer;

constexpr double kBudgetSeconds = 6;

struct Input {
  std::string feed, bytes;
};

int Fail(const std::string& message) {
  fmt::print(stderr, "normaliser_bench: {}\n", message);
  return 1;
}

// What a pass found, besides its columns.
struct Totals {
  int64_t records = 0, unparsable = 0, measurements = 0;
  std::map<std::string, int64_t, std::less<>> reasons;
  std::map<std::string, std::pair<int64_t, double>, std::less<>> concepts;

  void Add(const Normalized& batch) {
    records += batch.records;
    unparsable += batch.unparsable_records;
    measurements += batch.measurements;
    const auto& reason = *batch.quarantine.Find("reason");
    for (size_t i = 0; i < reason.valid.size(); ++i) ++reasons[std::string(reason.strings[i])];
    const auto& name = *batch.events.Find("concept");
    const auto& value = *batch.events.Find("value");
    for (size_t i = 0; i < name.valid.size(); ++i) {
      auto& [count, sum] = concepts[std::string(name.strings[i])];
      ++count;
      if (value.valid[i] != 0) sum += value.doubles[i];
    }
  }

  Json ToJson() const {
    Json refused = Json::Object(), accepted = Json::Object();
    for (const auto& [reason, count] : reasons) refused.Set(reason, count);
    for (const auto& [name, entry] : concepts)
      accepted.Set(name, Json::Object({{"count", entry.first}, {"sum", entry.second}}));
    return Json::Object({{"records", records},
                         {"unparsable", unparsable},
                         {"measurements", measurements},
                         {"refused", refused},
                         {"accepted", accepted}});
  }
};

// Codes without their system, and every unit that is understood with its conversion.
Json ConceptsJson(const codman::events::Concepts& concepts) {
  Json list = Json::Array();
  for (const auto& each : concepts.all()) {
    std::vector<std::string> codes = {each.name};
    for (const auto& code : each.codes) {
      if (code.starts_with("LOINC//")) codes.push_back(code.substr(7));
    }
    Json units = Json::Array();
    auto add = [&](const std::string& unit, double factor, double offset, bool canonical) {
      Json low, high;
      if (canonical && each.ambiguous) {
        low = each.ambiguous->first;
        high = each.ambiguous->second;
      }
      units.Add(Json::Object({{"unit", unit},
                              {"factor", factor},
                              {"offset", offset},
                              {"ambiguous_low", low},
                              {"ambiguous_high", high}}));
    };
    add(each.unit, 1, 0, true);
    for (const auto& known : each.conversions) add(known.unit, known.factor, known.offset, false);
    Json top_code = each.top_code ? Json(*each.top_code) : Json();
    list.Add(Json::Object({{"name", each.name},
                           {"codes", Json::Array(codes)},
                           {"units", units},
                           {"low", each.low},
                           {"high", each.high},
                           {"top_code", top_code},
                           {"latency_us", each.latency_us},
                           {"outcome", each.outcome}}));
  }
  return Json::Object({{"concepts", list}});
}

// One batch per file, kept as the silver builder keeps it until it is appended.
void Normalise(const Input& input, Normalizer* normalizer, Normalized* out) {
  std::string_view rest = input.bytes;
  for (int64_t seq = 0; !rest.empty(); ++seq) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    normalizer->Add({.feed = input.feed,
                     .source_position = "file:0/0#0",
                     .received_time_us = 0,
                     .received_seq = seq,
                     .payload = line,
                     .content_type = "application/json",
                     .readable_after = rest.size() + 1},
                    out);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "concepts") {
    auto concepts = codman::events::Concepts::Load(std::string(argv[2]) + "/concepts");
    if (!concepts.ok()) return Fail(concepts.error().ToString());
    fmt::print("{}\n", ConceptsJson(*concepts).ToString());
    return 0;
  }
  if (argc < 4) return Fail("usage: normaliser_bench CLINIC SOURCE FILE...");
  std::string clinic = argv[1];
  auto concepts = codman::events::Concepts::Load(clinic + "/concepts");
  if (!concepts.ok()) return Fail(concepts.error().ToString());
  auto source = codman::events::SourceMapping::Load(
      codman::format("{}/sources/{}.yaml", clinic, argv[2]), *concepts);
  if (!source.ok()) return Fail(source.error().ToString());
  std::vector<Input> inputs;
  double megabytes = 0;
  for (int i = 3; i < argc; ++i) {
    auto bytes = codman::base::ReadFile(argv[i]);
    if (!bytes.ok()) return Fail(bytes.error().ToString());
    std::string name = argv[i];
    name = name.substr(name.rfind('/') + 1);
    megabytes += static_cast<double>(bytes->size()) / 1e6;
    inputs.push_back({name.substr(0, name.find('.')), std::move(*bytes)});
  }
  double least = std::numeric_limits<double>::infinity(), begin = CpuSeconds();
  Totals totals;
  std::vector<Normalized> batches(inputs.size());
  for (int pass = 0; pass < 3 || CpuSeconds() - begin < kBudgetSeconds; ++pass) {
    for (auto& batch : batches) batch.Clear();
    double started = CpuSeconds();
    auto normalizer = Normalizer::Create(*source, *concepts, codman::base::NowUs());
    for (size_t i = 0; i < inputs.size(); ++i) Normalise(inputs[i], normalizer.get(), &batches[i]);
    least = std::min(least, CpuSeconds() - started);
  }
  for (const auto& batch : batches) totals.Add(batch);
  Json result = totals.ToJson();
  result.Set("cpu_s", least);
  result.Set("megabytes", megabytes);
  result.Set("mb_per_s", megabytes / least);
  fmt::print("{}\n", result.ToString());
  return 0;
}
