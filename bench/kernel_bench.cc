// The feature kernel under load: events per second with 8 windows × 5 aggregates on every concept,
// 5 % of the events late, one vector per hour of stay. A part of the vectors is computed again by
// brute force from the definition, on other code, and must be equal.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include "base/json.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cpu_clock.h"
#include "features/kernel.h"

namespace codman {
namespace {

constexpr int kConcepts = 20, kSubjects = 200, kEvents = 50000, kHours = 168;
constexpr int64_t kHourUs = 3'600'000'000;
constexpr int kWindows[] = {1, 2, 4, 6, 12, 24, 48, 72};
constexpr const char* kAggregates[] = {"count", "mean", "min", "max", "last"};

events::Concepts MakeConcepts() {
  std::string yaml = "concepts:\n";
  for (int c = 0; c < kConcepts; ++c)
    yaml +=
        format("  - {{name: c{0}, label: c{0}, codes: [], unit: \"1\", range: [0, 1000]}}\n", c);
  return events::Concepts::FromDocuments({{"c.yaml", base::ParseYaml(yaml, "c.yaml").value()}})
      .value();
}

std::shared_ptr<const features::Plan> MakePlan(const events::Concepts& concepts) {
  std::string yaml =
      "name: load\ndescription: load\nowner: bench\ndefaults: {aggregate: last, window: 24h, "
      "null_policy: missing}\nfeatures:\n";
  std::string names;
  for (int c = 0; c < kConcepts; ++c) {
    yaml += format("  - {{id: c{0}, concept: c{0}}}\n", c);
    names += format("{}c{}", c == 0 ? "" : ", ", c);
  }
  std::string columns;
  for (int window : kWindows) {
    for (const char* aggregate : kAggregates)
      columns += format("{}{}_{}h", columns.empty() ? "" : ", ", aggregate, window);
  }
  yaml += format(
      "blocks:\n  - name: load\n    description: every window\n    expand:\n"
      "      - {{features: [{}], columns: [{}]}}\n",
      names, columns);
  auto set = features::FeatureSet::FromDocument(
                 "load.yaml", base::ParseYaml(yaml, "load.yaml").value(), concepts)
                 .value();
  return set.Compile({"load"}).value();
}

// In order of being known; one in twenty is known up to six hours after it was true.
std::vector<features::Observation> MakeEvents(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<features::Observation> events(kEvents);
  for (int i = 0; i < kEvents; ++i) {
    auto& event = events[static_cast<size_t>(i)];
    event.event_time_us = static_cast<int64_t>(random()) * (kHours * kHourUs / 4294967296);
    bool late = random() % 20 == 0;
    event.known_time_us = event.event_time_us + (late ? random() % (6 * kHourUs) : 0);
    event.received_seq = i;
    event.key = static_cast<uint64_t>(i) + 1;
    event.concept_index = static_cast<int32_t>(random() % kConcepts);
    event.value = static_cast<double>(random() % 100000) / 100;
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return std::pair(a.known_time_us, a.received_seq) < std::pair(b.known_time_us, b.received_seq);
  });
  return events;
}

// One column from the definition: all events known by t, one window, one aggregate.
double BruteForce(const std::vector<features::Observation>& events, int concept_index,
                  const std::string& aggregate, int hours, int64_t t_us) {
  double count = 0, sum = 0, least = HUGE_VAL, most = -HUGE_VAL, last = std::nan("");
  std::pair<int64_t, int64_t> newest{INT64_MIN, 0};
  for (const auto& event : events) {
    bool known = event.known_time_us <= t_us && event.concept_index == concept_index;
    if (!known || event.event_time_us > t_us || event.event_time_us <= t_us - hours * kHourUs)
      continue;
    count += 1;
    sum += std::nearbyint(event.value * 1048576) / 1048576;
    least = std::min(least, event.value);
    most = std::max(most, event.value);
    std::pair<int64_t, int64_t> place{event.event_time_us, event.known_time_us};
    if (place >= newest) {
      newest = place;
      last = event.value;
    }
  }
  if (aggregate == "count") return count;
  if (count == 0) return std::nan("");
  return aggregate == "mean"  ? sum / count
         : aggregate == "min" ? least
         : aggregate == "max" ? most
                              : last;
}

bool AgreesWithBruteForce(const features::Plan& plan,
                          const std::vector<features::Observation>& events, int64_t t_us,
                          const std::vector<double>& vector) {
  size_t at = 0;
  for (const auto& column : plan.columns()) {
    double found = vector[at++];
    auto parts = base::Split(column.name, '_');
    if (parts.size() != 3) continue;  // c0: the contract feature itself
    int concept_index = static_cast<int>(*base::ParseInt(parts[0].substr(1)));
    // Concepts are sorted by name: c0, c1, c10, c11, …
    std::vector<std::string> names;
    for (int c = 0; c < kConcepts; ++c) names.push_back(format("c{}", c));
    std::sort(names.begin(), names.end());
    concept_index = static_cast<int>(std::find(names.begin(), names.end(), std::string(parts[0])) -
                                     names.begin());
    int hours = static_cast<int>(*base::ParseInt(parts[2].substr(0, parts[2].size() - 1)));
    double expected = BruteForce(events, concept_index, std::string(parts[1]), hours, t_us);
    // Values are below 1000: what is summed is exact in a double too, so nothing may differ.
    bool equal = std::isnan(expected) ? std::isnan(found) : found == expected;
    if (!equal) {
      std::fprintf(stderr, "%s at hour %ld: %.17g, by definition %.17g\n", column.name.c_str(),
                   static_cast<long>(t_us / kHourUs), found, expected);
      return false;
    }
  }
  return true;
}

int Run() {
  auto concepts = MakeConcepts();
  auto plan = MakePlan(concepts);
  features::SubjectState state(plan);
  std::vector<double> vector(plan->columns().size());
  double seconds = 0, add_seconds = 0, checksum = 0;
  int64_t vectors = 0;
  for (int subject = 0; subject < kSubjects; ++subject) {
    auto events = MakeEvents(static_cast<uint32_t>(subject) + 1);
    std::vector<std::pair<int64_t, std::vector<double>>> kept;
    double began = CpuSeconds();
    state.Reset();
    size_t next = 0;
    for (int hour = 1; hour <= kHours; ++hour) {
      int64_t t_us = hour * kHourUs;
      double adding = CpuSeconds();
      while (next < events.size() && events[next].known_time_us <= t_us) state.Add(events[next++]);
      add_seconds += CpuSeconds() - adding;
      state.Compute(t_us, vector);
      ++vectors;
      for (double value : vector) checksum += std::isnan(value) ? 0 : value;
      // Subjects after the first also tell whether Reset forgot everything.
      if (subject % 40 == 0 && hour % 55 == 0) kept.emplace_back(t_us, vector);
    }
    seconds += CpuSeconds() - began;
    for (const auto& [t_us, found] : kept) {
      if (!AgreesWithBruteForce(*plan, events, t_us, found)) return 1;
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  double total = double(kSubjects) * kEvents;
  std::printf(
      "{\"events\": %.0f, \"columns\": %zu, \"events_per_s\": %.0f, \"cpu_us_per_event\": %.4f, "
      "\"cpu_us_per_vector\": %.2f, \"add_share\": %.3f, \"peak_rss_mb\": %.1f, \"checksum\": "
      "%.9g}\n",
      total, vector.size(), total / seconds, seconds / total * 1e6,
      (seconds - add_seconds) / double(vectors) * 1e6, add_seconds / seconds,
      double(usage.ru_maxrss) / 1024, checksum);
  return 0;
}

}  // namespace
}  // namespace codman

int main() { return codman::Run(); }
