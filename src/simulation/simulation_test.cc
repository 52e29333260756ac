#include "simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

namespace codman::simulation {
namespace {

constexpr std::array<const char*, 7> kFiles = {"admissions",     "patient-vitals", "lab-results",
                                               "adverse-events", "bedside",        "medications",
                                               "claims"};

const events::Concepts& Clinic() {
  static const auto concepts = events::Concepts::Load(CODMAN_SOURCE_DIR "/clinic/concepts");
  return *concepts;
}

SimulationOptions Options(int patients, uint64_t seed = 1) {
  SimulationOptions options;
  options.patients = patients;
  options.seed = seed;
  options.start_us = 1'600'000'000 * base::kSecondUs;
  return options;
}

// A folder of its own for each simulation, removed afterwards.
struct Simulated {
  explicit Simulated(const SimulationOptions& options)
      : folder(format("{}simulation_test_{}", testing::TempDir(), count++)) {
    auto result = Simulate(options, Clinic(), folder);
    EXPECT_TRUE(result.ok());
    if (result.ok()) manifest = *result;
  }
  ~Simulated() { EXPECT_TRUE(base::RemoveTree(folder).ok()); }
  std::string Bytes(const std::string& name) const {
    return base::ReadFile(folder + "/" + name + ".ndjson").value();
  }

  static inline int count = 0;
  std::string folder;
  Json manifest;
};

// Counts what data-model.md 3 says of measurements, by its own rules: one entry with a value is one
// measurement; the key is record and code; the same value known again is a duplicate, another value
// known later is a further version.
struct Reader {
  int64_t measurements = 0, stored = 0, duplicates = 0, corrected = 0, converted = 0, texts = 0,
          unmapped = 0;
  int64_t missing_time = 0, unknown_unit = 0, out_of_range = 0, unparsable = 0, late = 0, other = 0;
  std::map<std::string, std::pair<double, std::string>> newest;

  void Read(const std::string& bytes) {
    for (auto line : base::Split(bytes, '\n')) {
      if (line.empty()) continue;
      auto record = base::ParseJson(line);
      if (!record.ok())
        ++unparsable;
      else
        ReadRecord(*record);
    }
  }

  void ReadRecord(const Json& record) {
    const auto event_time = base::ParseTime(record["event_time"].AsString());
    const auto stored_at = base::ParseTime(record["stored_at"].AsString());
    ASSERT_TRUE(stored_at);
    const bool first = !newest.contains(record["record_id"].AsString());
    newest[record["record_id"].AsString()] = {};
    if (event_time && first && *stored_at - *event_time >= 2 * base::kHourUs) ++late;
    for (const Json& entry : record["measurements"].items()) {
      ++measurements;
      if (!event_time)
        ++missing_time;
      else
        ReadEntry(record, entry);
    }
  }

  void ReadEntry(const Json& record, const Json& entry) {
    const std::string& code = entry["code"].AsString();
    double value = entry["value"].AsDouble();
    const bool has_system = code.find("//") != std::string::npos;
    int index = Clinic().FindByCode(has_system ? code : "LOINC//" + code);
    if (index < 0) index = Clinic().Find(code);
    if (index >= 0 && Clinic()[index].outcome) return void(--measurements);
    if (index >= 0) {
      const events::Concept& known = Clinic()[index];
      const std::string& unit = entry["unit"].AsString();
      if (unit != known.unit) {
        auto rule = std::find_if(known.conversions.begin(), known.conversions.end(),
                                 [&](const auto& conversion) { return conversion.unit == unit; });
        if (rule == known.conversions.end()) return void(++unknown_unit);
        value = value * rule->factor + rule->offset;
        ++converted;
      }
      if (value < known.low || value > known.high) return void(++out_of_range);
    } else if (!has_system) {
      ++(entry["value"].is_string() ? texts : unmapped);
    }
    const bool correction = record["status"].AsString() == "corrected";
    auto [found, is_new] = newest.try_emplace(record["record_id"].AsString() + " " + code, value,
                                              entry["value"].AsString());
    const bool same = !is_new && found->second == std::pair(value, entry["value"].AsString());
    if (same) return void(++duplicates);
    if (!is_new && !correction) ++other;
    corrected += correction;
    found->second = {value, entry["value"].AsString()};
    ++stored;
  }
};

TEST(Simulation, EqualSeedsGiveEqualBytesAndOthersDoNot) {
  const Simulated first(Options(20)), again(Options(20)), other(Options(20, 2));
  for (const char* file : kFiles) {
    EXPECT_EQ(first.Bytes(file), again.Bytes(file)) << file;
    EXPECT_NE(first.Bytes(file), other.Bytes(file)) << file;
    EXPECT_FALSE(first.Bytes(file).empty()) << file;
  }
  EXPECT_EQ(base::ReadFile(first.folder + "/manifest.json").value(),
            first.manifest.ToPrettyString());
}

// Cut lines may have lost their patient, so they are left out.
std::set<std::string> LinesOfPatients(const Simulated& run, int highest) {
  std::set<std::string> lines;
  for (const char* file : kFiles) {
    const std::string bytes = run.Bytes(file);
    for (auto line : base::Split(bytes, '\n')) {
      auto record = base::ParseJson(line);
      if (!record.ok()) continue;
      if (base::ParseInt((*record)["patient_id"].AsString().substr(4)).value() <= highest)
        lines.emplace(line);
    }
  }
  return lines;
}

TEST(Simulation, APatientIsTheSameHoweverManyThereAre) {
  const Simulated few(Options(10)), many(Options(40));
  EXPECT_EQ(LinesOfPatients(few, 10), LinesOfPatients(many, 10));
}

TEST(Simulation, FaultsDoNotChangeThePatients) {
  SimulationOptions clean = Options(10);
  clean.faults = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Simulated without(clean), with(Options(10));
  EXPECT_EQ(without.Bytes("admissions"), with.Bytes("admissions"));
  auto of_with = LinesOfPatients(with, 10), of_without = LinesOfPatients(without, 10);
  std::vector<std::string> both;
  std::set_intersection(of_with.begin(), of_with.end(), of_without.begin(), of_without.end(),
                        std::back_inserter(both));
  EXPECT_GT(both.size(), of_without.size() * 7 / 10);
  EXPECT_EQ(without.manifest["expected"]["stored"].AsInt(),
            without.manifest["expected"]["measurements"].AsInt());
}

void ExpectCountsOf(const Simulated& run) {
  Reader reader;
  reader.Read(run.Bytes("patient-vitals"));
  reader.Read(run.Bytes("lab-results"));
  const int64_t late = reader.late;  // other feeds have no faults
  reader.Read(run.Bytes("bedside"));
  reader.Read(run.Bytes("medications"));
  reader.Read(run.Bytes("adverse-events"));
  reader.Read(run.Bytes("claims"));
  const Json &expected = run.manifest["expected"], &faults = run.manifest["faults"];
  EXPECT_EQ(reader.measurements, expected["measurements"].AsInt());
  EXPECT_EQ(reader.stored, expected["stored"].AsInt());
  EXPECT_EQ(reader.duplicates, expected["duplicates"].AsInt());
  EXPECT_EQ(reader.corrected, expected["corrected"].AsInt());
  EXPECT_EQ(reader.unparsable, expected["unparsable_records"].AsInt());
  EXPECT_EQ(reader.missing_time, expected["quarantined"]["missing_time"].AsInt());
  EXPECT_EQ(reader.unknown_unit, expected["quarantined"]["unknown_unit"].AsInt());
  EXPECT_EQ(reader.out_of_range, expected["quarantined"]["out_of_range"].AsInt());
  EXPECT_EQ(reader.converted, faults["converted_unit"].AsInt());
  EXPECT_EQ(reader.texts, faults["identifier_bearing"].AsInt());
  EXPECT_EQ(reader.unmapped, faults["unmapped_code"].AsInt());
  EXPECT_LE(late,
            faults["late"].AsInt());  // those that were cut off or lost their time do not show
  EXPECT_EQ(reader.other, 0);
}

TEST(Simulation, TheManifestCountsWhatAnotherReaderFinds) {
  const Simulated usual(Options(60));
  ExpectCountsOf(usual);
}

TEST(Simulation, TheManifestIsExactWhereFaultsAreManyAndStaysShort) {
  SimulationOptions options = Options(40);
  options.mean_hours = 20;
  options.faults = {0.3, 0.1, 0.1, 0.02, 0.02, 0.02, 0.05, 0.05, 0.05, 0.02};
  const Simulated faulty(options);
  ExpectCountsOf(faulty);
  for (const auto& [name, count] : faulty.manifest["faults"].members())
    EXPECT_GT(count.AsInt(), 0) << name;
}

TEST(Simulation, RecordsLieInOrderOfStorage) {
  const Simulated run(Options(60));
  for (const char* file : kFiles) {
    const std::string bytes = run.Bytes(file);
    int64_t before = 0;
    for (auto line : base::Split(bytes, '\n')) {
      auto record = base::ParseJson(line);
      if (!record.ok()) continue;
      const int64_t stored_at = base::ParseTime((*record)["stored_at"].AsString()).value();
      EXPECT_GE(stored_at, before);
      before = stored_at;
      auto event_time = base::ParseTime((*record)["event_time"].AsString());
      EXPECT_LE(event_time.value_or(stored_at), stored_at);
    }
  }
}

// 245 vital signs and laboratory values per patient are what data-model.md 8 states.
TEST(Simulation, TheDefaultsGiveAboutTheStatedNumberOfMeasurements) {
  const Simulated run(Options(400));
  const Json& feeds = run.manifest["feeds"];
  const double per_patient = (feeds["patient-vitals"]["measurements"].AsDouble() +
                              feeds["lab-results"]["measurements"].AsDouble()) /
                             400;
  EXPECT_NEAR(per_patient, 245, 25);
}

struct Moments {
  double sum = 0, count = 0;
  void Add(double value) { sum += value, ++count; }
  double mean() const { return sum / count; }
};

// Mean of one signal in the four hours before onset, and over all stays without sepsis.
std::pair<double, double> BeforeOnsetAndControls(const Simulated& run, const std::string& file,
                                                 const std::string& code) {
  std::map<std::string, int64_t> onsets;
  const std::string events = run.Bytes("adverse-events"), bytes = run.Bytes(file);
  for (auto line : base::Split(events, '\n')) {
    auto record = base::ParseJson(line);
    if (!record.ok() || (*record)["measurements"].items()[0]["code"].AsString() != "sepsis_onset")
      continue;
    onsets[(*record)["patient_id"].AsString()] =
        base::ParseTime((*record)["event_time"].AsString()).value();
  }
  Moments before_onset, controls;
  for (auto line : base::Split(bytes, '\n')) {
    auto record = base::ParseJson(line);
    if (!record.ok()) continue;
    auto onset = onsets.find((*record)["patient_id"].AsString());
    const int64_t time = base::ParseTime((*record)["event_time"].AsString()).value();
    for (const Json& entry : (*record)["measurements"].items()) {
      if (entry["code"].AsString() != code) continue;
      if (onset == onsets.end())
        controls.Add(entry["value"].AsDouble());
      else if (time < onset->second && time >= onset->second - 4 * base::kHourUs)
        before_onset.Add(entry["value"].AsDouble());
    }
  }
  return {before_onset.mean(), controls.mean()};
}

TEST(Simulation, SepsisShowsItselfBeforeOnsetInTheDirectionsOfSirsAndSofa) {
  SimulationOptions options = Options(300);
  options.septic_share = 0.4;
  options.faults = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Simulated run(options);
  const struct {
    const char *file, *code;
    double at_least;  // signed, in the unit of the signal
  } cases[] = {{"patient-vitals", "8867-4", 5},   {"patient-vitals", "9279-1", 1.5},
               {"patient-vitals", "8310-5", 0.2}, {"patient-vitals", "8480-6", -5},
               {"lab-results", "32693-4", 0.2},   {"lab-results", "6690-2", 0.5},
               {"lab-results", "777-3", -10}};
  for (const auto& [file, code, at_least] : cases) {
    const auto [septic, controls] = BeforeOnsetAndControls(run, file, code);
    const double difference = septic - controls;
    EXPECT_GT(at_least > 0 ? difference : -difference, std::abs(at_least)) << code;
  }
}

// Every entry of one code, by patient and event time.
std::map<std::pair<std::string, std::string>, double> Told(const Simulated& run,
                                                           const std::string& file,
                                                           const std::string& code) {
  std::map<std::pair<std::string, std::string>, double> told;
  const std::string bytes = run.Bytes(file);
  for (auto line : base::Split(bytes, '\n')) {
    auto record = base::ParseJson(line);
    if (!record.ok()) continue;
    for (const Json& entry : (*record)["measurements"].items()) {
      if (entry["code"].AsString() != code) continue;
      told[{(*record)["patient_id"].AsString(), (*record)["event_time"].AsString()}] =
          entry["value"].AsDouble();
    }
  }
  return told;
}

// 54 mg/dL is what features.md 4 calls an adverse event.
TEST(Simulation, AGlucoseIsMeasuredWhenItIsTooLow) {
  SimulationOptions options = Options(1500);
  options.faults = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Simulated run(options);
  const auto events = Told(run, "adverse-events", "hypoglycaemia");
  const auto sugars = Told(run, "lab-results", "2345-7");
  ASSERT_GT(events.size(), 15u);
  size_t measured = 0;
  for (const auto& [at, value] : events) {
    auto sugar = sugars.find(at);
    if (sugar == sugars.end()) continue;
    ++measured;
    EXPECT_LT(sugar->second, 54);
  }
  EXPECT_GT(measured, events.size() * 9 / 10);
  EXPECT_EQ(static_cast<int64_t>(events.size()),
            run.manifest["adverse_events"]["hypoglycaemia"].AsInt());
}

// data-model.md 2: of a live mix 70 % vital signs, 20 % medications, 9 % laboratory, 1 % events.
TEST(Simulation, MedicationsAndAdverseEventsHaveTheirShareOfRecords) {
  const Simulated run(Options(400));
  const Json& feeds = run.manifest["feeds"];
  double all = 0;
  for (const char* feed : {"patient-vitals", "medications", "lab-results", "adverse-events"})
    all += feeds[feed]["records"].AsDouble();
  int64_t events = 0;
  for (const auto& [kind, count] : run.manifest["adverse_events"].members()) {
    EXPECT_GE(count.AsInt(), 0) << kind;
    events += count.AsInt();
  }
  EXPECT_NEAR(feeds["medications"]["records"].AsDouble() / all, 0.2, 0.06);
  EXPECT_NEAR(static_cast<double>(events) / all, 0.01, 0.006);
}

TEST(Simulation, OptionsOutsideTheirLimitsAreRefused) {
  const std::string folder = testing::TempDir() + "simulation_test_refused";
  auto refused = [&](const std::function<void(SimulationOptions*)>& change) {
    SimulationOptions options = Options(1);
    change(&options);
    auto result = Simulate(options, Clinic(), folder);
    return !result.ok() && result.error().kind() == ErrorKind::kInvalidInput &&
           !base::FileExists(folder);
  };
  EXPECT_TRUE(refused([](auto* options) { options->patients = 0; }));
  EXPECT_TRUE(refused([](auto* options) { options->mean_hours = 500; }));
  EXPECT_TRUE(refused([](auto* options) { options->septic_share = -0.1; }));
  EXPECT_TRUE(refused([](auto* options) { options->faults.late = 1.5; }));
  EXPECT_TRUE(refused([](auto* options) { options->seed = ~uint64_t{0}; }));
  EXPECT_TRUE(refused([](auto* options) { options->start_us = 1; }));
}

}  // namespace
}  // namespace codman::simulation
