// One kernel, three ways to use it, one answer. Over random histories with late, corrected, moved,
// retracted and doubled records the vector must be the same to the bit
//   by the reference: sorts the whole history anew for every t and computes each column on its own,
//   by definition, with
//     its own integer arithmetic and its own rounding; it shares nothing with the kernel but the
//     declared rounding;
//   in batch: a fresh state is given all that is known at t at once;
//   by the hour: one state, computed at every t;
//   event by event: one state, computed after every single record as well.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "base/yaml.h"
#include "features/feature_set.h"
#include "features/kernel.h"

namespace codman::features {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1000000;
constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
using Wide = __int128;

// The reference's rounding: value · 2^20 to the nearest integer, of two the even one.
int64_t ReferenceFixed(double value) {
  double scaled = value * 1048576.0;
  double down = std::floor(scaled);
  double rest = scaled - down;
  auto whole = static_cast<int64_t>(down);
  if (rest > 0.5 || (rest == 0.5 && whole % 2 != 0)) ++whole;
  return whole;
}

// a / b · 2^exponent rounded once, by long division bit by bit. |a|, b < 2^126.
double ReferenceRatio(Wide a, Wide b, int exponent) {
  if (a == 0) return 0;
  bool negative = a < 0;
  if (negative) a = -a;
  Wide quotient = a / b, rest = a % b;
  bool sticky = false;
  while (quotient >= (Wide{1} << 54)) {
    sticky |= (quotient & 1) != 0;
    quotient >>= 1;
    ++exponent;
  }
  while (quotient < (Wide{1} << 53)) {
    rest *= 2;
    quotient = 2 * quotient + (rest >= b ? 1 : 0);
    if (rest >= b) rest -= b;
    --exponent;
  }
  // 54 bits: the last one is the half.
  bool up = (quotient & 1) != 0 && (sticky || rest != 0 || (quotient & 2) != 0);
  double rounded =
      std::ldexp(static_cast<double>(static_cast<int64_t>((quotient >> 1) + up)), exponent + 1);
  return negative ? -rounded : rounded;
}

struct Wanted {
  int concept_index;
  std::string aggregate;
  int window_hours;  // 0: the whole history
};

class Reference {
 public:
  explicit Reference(std::vector<Observation> history) : history_(std::move(history)) {}

  double Compute(const Wanted& wanted, int64_t t) {
    if (t != t_) Sort(t);
    int64_t window = wanted.window_hours * kHour;
    std::vector<Observation> inside, before;
    for (const Observation& o : live_) {
      if (o.concept_index != wanted.concept_index) continue;
      if (wanted.window_hours == 0 || o.event_time_us > t - window) {
        inside.push_back(o);
      } else if (o.event_time_us > t - 2 * window) {
        before.push_back(o);
      }
    }
    return Aggregate(wanted, inside, before, t);
  }

 private:
  // Of each key the newest version known at t, if it has a value and has happened; by event time,
  // then by arrival.
  void Sort(int64_t t) {
    t_ = t;
    std::map<std::pair<int, uint64_t>, Observation> newest;
    auto arrival = [](const Observation& o) { return std::pair(o.known_time_us, o.received_seq); };
    for (const Observation& o : history_) {
      if (o.known_time_us > t) continue;
      auto [found, is_new] = newest.emplace(std::pair(o.concept_index, o.key), o);
      if (!is_new && arrival(found->second) < arrival(o)) found->second = o;
    }
    live_.clear();
    for (const auto& [key, o] : newest) {
      if (!o.is_void && o.event_time_us <= t) live_.push_back(o);
    }
    std::sort(live_.begin(), live_.end(), [&](const Observation& a, const Observation& b) {
      return std::pair(a.event_time_us, arrival(a)) < std::pair(b.event_time_us, arrival(b));
    });
  }

  static double Aggregate(const Wanted& wanted, const std::vector<Observation>& in,
                          const std::vector<Observation>& before, int64_t t) {
    const std::string& name = wanted.aggregate;
    size_t n = in.size();
    if (name == "is_missing") return n == 0;
    if (name == "count") return static_cast<double>(n);
    if (name == "any") {
      return std::any_of(in.begin(), in.end(), [](const Observation& o) { return o.value != 0; });
    }
    if (name == "distinct") {
      std::set<double> values;
      for (const Observation& o : in) values.insert(o.value);
      return static_cast<double>(values.size());
    }
    if (n == 0) return kNull;
    if (name == "last") return in.back().value;
    if (name == "first") return in.front().value;
    if (name == "delta") return n < 2 ? kNull : in[n - 1].value - in[n - 2].value;
    if (name == "change") return before.empty() ? kNull : in.back().value - before.back().value;
    if (name == "hours_since") return static_cast<double>(t - in.back().event_time_us) / 3.6e9;
    if (name == "min" || name == "max" || name == "worst") {
      double low = in[0].value, high = in[0].value;
      for (const Observation& o : in) low = std::min(low, o.value), high = std::max(high, o.value);
      return name == "min" || (name == "worst" && wanted.concept_index == 1) ? low : high;
    }
    return Sums(name, in, t);
  }

  static double Sums(const std::string& name, const std::vector<Observation>& in, int64_t t) {
    Wide n = 0, v = 0, x = 0, vv = 0, xx = 0, xv = 0;
    for (const Observation& o : in) {
      Wide value = ReferenceFixed(o.value), time = o.event_time_us - t;
      n += 1, v += value, x += time, vv += value * value, xx += time * time, xv += time * value;
    }
    if (name == "sum") return ReferenceRatio(v, 1, -20);
    if (name == "mean") return ReferenceRatio(v, n, -20);
    if (n < 2) return kNull;
    if (name == "sd") return std::sqrt(ReferenceRatio(n * vv - v * v, n * (n - 1), -40));
    Wide spread = n * xx - x * x;
    // 3.6e9 / 2^20 = 3515625 / 2^10
    return spread == 0 ? kNull : ReferenceRatio((n * xv - x * v) * 3515625, spread, -10);
  }

  std::vector<Observation> history_, live_;
  int64_t t_ = INT64_MIN;
};

events::Concepts TestConcepts() {
  auto document = base::ParseYaml(R"(concepts:
  - {name: a, label: a, codes: [], unit: "1", range: [-1.0e+7, 1.0e+7], worst: high}
  - {name: b, label: b, codes: [], unit: "1", range: [-1.0e+7, 1.0e+7], worst: low}
  - {name: c, label: c, codes: [], unit: "1", range: [-1.0e+7, 1.0e+7]}
)",
                                  "concepts.yaml");
  return events::Concepts::FromDocuments({{"concepts.yaml", *document}}).value();
}

// a has windows only, so its past is forgotten; b has the whole history too; c counts its whole
// history, but sums only six hours of it.
std::vector<Wanted> WantedColumns() {
  std::vector<Wanted> columns = {{0, "last", 2}, {1, "last", 24}, {2, "mean", 6}};
  const std::vector<std::string> kAll = {
      "is_missing", "last", "first", "mean",   "min",         "max",   "sd",  "slope",
      "count",      "sum",  "delta", "change", "hours_since", "worst", "any", "distinct"};
  for (auto [concept_index, window] : {std::pair(0, 1), {0, 6}, {0, 24}, {1, 3}, {1, 0}}) {
    for (const std::string& aggregate : kAll) {
      if (window != 0 || aggregate != "change")
        columns.push_back({concept_index, aggregate, window});
    }
  }
  columns.push_back({2, "count", 0});
  columns.push_back({2, "sd", 6});
  return columns;
}

std::shared_ptr<const Plan> TestPlan(const std::vector<Wanted>& columns) {
  std::string text = R"yaml(name: s
features:
  - {id: a, concept: a, window: 2h}
  - {id: b, concept: b, window: 24h}
  - {id: c, concept: c, aggregate: mean, window: 6h}
  - {id: quotient, expression: a / b}
  - {id: choice, expression: "if(is_null(c), a - b, c * quotient)"}
blocks: [{name: all, expand: [)yaml";
  for (size_t i = 3; i < columns.size(); ++i) {
    const Wanted& column = columns[i];
    std::string window = column.window_hours == 0 ? "" : format("_{}h", column.window_hours);
    text += format("{{features: [{}], columns: [{}{}]}}, ", "abc"[column.concept_index],
                   column.aggregate, window);
  }
  auto document = base::ParseYaml(text + "]}]\n", "s.yaml");
  auto set = FeatureSet::FromDocument("s.yaml", *document, TestConcepts());
  EXPECT_TRUE(set.ok()) << set.error().ToString();
  return set->Compile({"all"}).value();
}

double Quotient(double a, double b) { return b == 0 || std::isnan(a + b) ? kNull : a / b + 0.0; }

std::vector<double> ReferenceVector(Reference* reference, const std::vector<Wanted>& columns,
                                    int64_t t) {
  std::vector<double> out;
  for (const Wanted& column : columns) out.push_back(reference->Compute(column, t));
  double quotient = Quotient(out[0], out[1]);
  double choice = (std::isnan(out[2]) ? out[0] - out[1] : out[2] * quotient) + 0.0;
  out.insert(out.begin() + 3, {quotient, choice});
  return out;
}

double RandomValue(std::mt19937_64& random) {
  auto number = static_cast<double>(random() % 2000000) - 1000000;
  switch (random() % 5) {
    case 0:
      return static_cast<double>(random() % 3) - 1;  // ties, zeros
    case 1:
      return -0.0;
    case 2:
      return number * 0x1p-21;  // halves of the fixed point
    case 3:
      return number * 9.87654321;
    default:
      return 36 + static_cast<double>(random() % 50) / 10;
  }
}

int64_t RandomEventTime(std::mt19937_64& random, int64_t known) {
  int64_t late = static_cast<int64_t>(random() % (30 * 60)) * (kHour / 60);
  switch (random() % 8) {
    case 0:
      return known - late;
    case 1:
      return known + late / 10;  // planned: not yet true
    case 2:
    case 3:
      return known / kHour * kHour;  // on a window's edge
    case 4:
      return known - static_cast<int64_t>(random() % 5000000);
    default:
      return known;
  }
}

std::vector<Observation> RandomHistory(std::mt19937_64& random, int count) {
  std::vector<Observation> history;
  int64_t known = 946684800000000;  // 2000-01-01
  int64_t pace = static_cast<int64_t>(random() % 60 + 2) * (kHour / 60);
  for (int i = 0; i < count; ++i) {
    if (random() % 6 != 0) known += static_cast<int64_t>(random() % static_cast<uint64_t>(pace));
    if (random() % 100 == 0) known += 20 * kHour;
    Observation o{.known_time_us = known, .received_seq = i};
    o.concept_index = static_cast<int32_t>(random() % 3);
    o.key = static_cast<uint64_t>(i) + 1;
    if (i > 0 && random() % 4 == 0) {  // a new version of an earlier record
      const Observation& earlier = history[random() % history.size()];
      o = {.event_time_us = earlier.event_time_us,
           .known_time_us = known,
           .received_seq = i,
           .key = earlier.key,
           .concept_index = earlier.concept_index};
      o.is_void = random() % 4 == 0;
    }
    if (o.event_time_us == 0 || random() % 3 == 0) o.event_time_us = RandomEventTime(random, known);
    o.value = RandomValue(random);
    if (i > 0 && random() % 20 == 0) o.value = history.back().value;
    history.push_back(o);
  }
  return history;
}

::testing::AssertionResult SameBits(const Plan& plan, const std::vector<double>& expected,
                                    const std::vector<double>& got) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i]) && std::isnan(got[i])) continue;
    double normal = expected[i] + 0.0;  // zero has one sign
    if (std::bit_cast<uint64_t>(normal) == std::bit_cast<uint64_t>(got[i])) continue;
    return ::testing::AssertionFailure()
           << plan.columns()[i].name << format(": {:a} expected, {:a} got", normal, got[i]);
  }
  return ::testing::AssertionSuccess();
}

// Runs one history through all four and counts the compared vectors.
int CompareAll(const std::shared_ptr<const Plan>& plan, const std::vector<Wanted>& columns,
               const std::vector<Observation>& history, SubjectState* hourly,
               SubjectState* stepwise) {
  Reference reference(history);
  size_t given = 0;
  int vectors = 0;
  std::vector<double> out(plan->columns().size());
  int64_t begin = history.front().known_time_us / kHour * kHour;
  for (int64_t t = begin; t < history.back().known_time_us + 30 * kHour; t += kHour) {
    for (; given < history.size() && history[given].known_time_us <= t; ++given) {
      hourly->Add(history[given]);
      stepwise->Add(history[given]);
      stepwise->Compute(history[given].known_time_us, out);
    }
    std::vector<double> expected = ReferenceVector(&reference, columns, t);
    SubjectState batch(plan);
    for (size_t i = 0; i < given; ++i) batch.Add(history[i]);
    for (SubjectState* state : {&batch, hourly, stepwise}) {
      state->Compute(t, out);
      auto same = SameBits(*plan, expected, out);
      EXPECT_TRUE(same) << (state == &batch   ? "batch"
                            : state == hourly ? "hourly"
                                              : "stepwise")
                        << " at hour " << (t - begin) / kHour;
      if (!same) return vectors;
      ++vectors;
    }
  }
  return vectors;
}

TEST(KernelAgreementTest, ReferenceBatchAndStreamGiveTheSameBits) {
  std::vector<Wanted> columns = WantedColumns();
  auto plan = TestPlan(columns);
  ASSERT_EQ(plan->columns().size(), columns.size() + 2);
  SubjectState hourly(plan), stepwise(plan);
  std::mt19937_64 random(20190607);
  int vectors = 0;
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    hourly.Reset();
    stepwise.Reset();
    auto history = RandomHistory(random, 30 + round * 8);
    vectors += CompareAll(plan, columns, history, &hourly, &stepwise);
  }
  EXPECT_GT(vectors, 5000);
}

}  // namespace
}  // namespace codman::features
