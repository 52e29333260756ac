#include "events/concepts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"

// Expected values: the table "Unit conversions and traps" of the design (concepts.md), computed by
// hand; ranges from its table of concepts.
namespace codman::events {
namespace {

using testing::HasSubstr;

const Concepts& Clinic() {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

Checked Convert(const char* name, double value, std::string_view unit) {
  int index = Clinic().Find(name);
  EXPECT_GE(index, 0) << name;
  return ToCanonical(Clinic()[index], value, unit);
}

TEST(Concepts, ConvertsEveryUnitOfTheDesignTable) {
  struct Case {
    const char* name;
    double value;
    const char* unit;
    double canonical;
  };
  for (auto [name, value, unit, canonical] : {Case{"temperature", 98.6, "[degF]", 37.0},
                                              {"temperature", 104, "[degF]", 40.0},
                                              {"temperature", 37.2, "Cel", 37.2},
                                              {"creatinine", 88.4, "umol/L", 1.0},
                                              {"creatinine", 176.8, "umol/L", 2.0},
                                              {"glucose", 5.5, "mmol/L", 99.088},
                                              {"bilirubin_total", 17.1, "umol/L", 1.0},
                                              {"bilirubin_direct", 34.2, "umol/L", 2.0},
                                              {"bun", 10, "mmol/L", 28.0},
                                              {"hemoglobin", 120, "g/L", 12.0},
                                              {"hemoglobin", 8, "mmol/L", 12.888},
                                              {"troponin_i", 40, "ng/L", 0.04},
                                              {"calcium", 2.5, "mmol/L", 10.02},
                                              {"magnesium", 0.8, "mmol/L", 1.9448},
                                              {"phosphate", 1, "mmol/L", 3.097},
                                              {"lactate", 18.02, "mg/dL", 2.0},
                                              {"paco2", 5.3, "kPa", 39.753286},
                                              {"sbp", 16, "kPa", 120.00992},
                                              {"dbp", 10, "kPa", 75.0062},
                                              {"map", 10, "kPa", 75.0062},
                                              {"etco2", 5, "kPa", 37.5031},
                                              {"pao2", 10, "kPa", 75.0062},
                                              {"albumin", 38, "g/L", 3.8},
                                              {"troponin_t", 14, "ng/L", 0.014},
                                              {"weight", 154, "[lb_av]", 69.85322498},
                                              {"height", 70, "[in_i]", 177.8},
                                              {"fio2", 21, "%", 0.21},
                                              {"fio2", 100, "%", 1.0},
                                              {"fio2", 0.4, "1", 0.4},
                                              {"age", 55, "a", 55},
                                              {"age", 97, "a", 90},
                                              {"age", 90, "a", 90}}) {
    Checked checked = Convert(name, value, unit);
    EXPECT_FALSE(checked.reason.has_value()) << name << " " << value << " " << unit;
    EXPECT_NEAR(checked.value, canonical, 1e-9) << name << " " << value << " " << unit;
  }
}

TEST(Concepts, RefusesWithTheReason) {
  struct Case {
    const char* name;
    double value;
    const char* unit;
    Reason reason;
  };
  for (auto [name, value, unit, reason] :
       {Case{"temperature", 98.6, "Cel", Reason::kAmbiguousUnit},
        {"temperature", 60, "Cel", Reason::kAmbiguousUnit},
        {"temperature", 115, "Cel", Reason::kAmbiguousUnit},
        {"temperature", 59, "Cel", Reason::kOutOfRange},
        {"temperature", 25.9, "Cel", Reason::kOutOfRange},
        {"temperature", 37, "", Reason::kUnknownUnit},
        {"temperature", 37, "K", Reason::kUnknownUnit},
        {"temperature", 37, "[degF]", Reason::kOutOfRange},
        {"fio2", 0.2, "1", Reason::kOutOfRange},
        {"fio2", 21, "1", Reason::kOutOfRange},
        {"heart_rate", 9.99, "/min", Reason::kOutOfRange},
        {"heart_rate", 350.1, "/min", Reason::kOutOfRange},
        {"heart_rate", std::nan(""), "/min", Reason::kTypeMismatch},
        {"heart_rate", HUGE_VAL, "/min", Reason::kTypeMismatch},
        {"creatinine", 6000, "umol/L", Reason::kOutOfRange},
        {"age", 131, "a", Reason::kOutOfRange}}) {
    Checked checked = Convert(name, value, unit);
    ASSERT_TRUE(checked.reason.has_value()) << name << " " << value << " " << unit;
    EXPECT_STREQ(NameOf(*checked.reason), NameOf(reason)) << name << " " << value << " " << unit;
  }
}

TEST(Concepts, TheEndsOfARangeBelongToIt) {
  for (const auto& known : Clinic().all()) {
    EXPECT_FALSE(ToCanonical(known, known.low, known.unit).reason.has_value()) << known.name;
    EXPECT_FALSE(ToCanonical(known, known.high, known.unit).reason.has_value()) << known.name;
    EXPECT_TRUE(
        ToCanonical(known, std::nextafter(known.high, 1e15), known.unit).reason.has_value());
    EXPECT_TRUE(ToCanonical(known, std::nextafter(known.low, -1e9), known.unit).reason.has_value());
  }
}

// Plausible ranges and codes of the design's table of concepts (tests/data/concepts.tsv).
TEST(Concepts, ClinicFilesAgreeWithEveryRowOfTheDesignTable) {
  std::string table =
      base::ReadFile(std::string(CODMAN_SOURCE_DIR) + "/tests/data/concepts.tsv").value();
  int rows = 0;
  for (auto line : base::Split(table, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    auto cells = base::Split(line, '\t');
    ASSERT_EQ(cells.size(), 5u) << line;
    int index = Clinic().FindByCode("LOINC//" + std::string(cells[0]));
    ASSERT_GE(index, 0) << line;
    const Concept& known = Clinic()[index];
    EXPECT_EQ(known.name, cells[1]);
    EXPECT_EQ(known.unit, cells[2]) << line;
    EXPECT_EQ(known.low, base::ParseDouble(cells[3])) << line;
    EXPECT_EQ(known.high, base::ParseDouble(cells[4])) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 89);
  EXPECT_EQ(Clinic().Find("no_such_concept"), -1);
}

Result<Concepts> Read(const std::string& entries) {
  return Concepts::FromDocuments(
      {{"c.yaml", TRY(base::ParseYaml("concepts:\n" + entries, "c.yaml"))}});
}

TEST(Concepts, MistakesNameFileLineAndCure) {
  struct Case {
    const char* entry;
    const char* place;
    const char* cure;
  };
  for (auto [entry, place, cure] :
       {Case{"  - {unit: a, range: [0, 1]}", "c.yaml:2:", "'name' is missing"},
        {"  - {name: x, range: [0, 1]}", "c.yaml:2:", "'unit' is missing"},
        {"  - {name: x, unit: a}", "c.yaml:2:", "add range: [low, high]"},
        {"  - {name: x, unit: a, range: [5, 1]}", "c.yaml:2:", "the lower one first"},
        {"  - {name: x, unit: a, range: [low, 1]}", "c.yaml:2:", "two numbers"},
        {"  - {name: x, unit: a, rang: [0, 1]}", "c.yaml:2:", "did you mean 'range'?"},
        {"  - {name: x, unit: a, range: [0, 1], worst: up}", "c.yaml:2:", "high or low"},
        {"  - {name: x, unit: a, range: [0, 1], latency: soon}", "c.yaml:2:", "duration"},
        {"  - {name: x, unit: a, range: [0, 2], words: [no, yes]}", "c.yaml:2:", "range [0, 1]"},
        {"  - {name: x, unit: a, range: [0, 0], words: [no]}", "c.yaml:2:", "all of them"},
        {"  - {name: x, unit: a, range: [0, 1], conversions: [{unit: b, factor: 0}]}",
         "c.yaml:2:", "other than 0"},
        {"  - {name: x, unit: a, range: [0, 1], conversions: [{unit: b, divide: 0}]}",
         "c.yaml:2:", "other than 0"},
        {"  - {name: x, unit: a, range: [0, 1], conversions: [{factor: 2}]}",
         "c.yaml:2:", "'unit' is missing"},
        {"  - {name: x, unit: a, range: [0, 1]}\n  - {name: x, unit: a, range: [0, 1]}",
         "c.yaml:3:", "already declared at c.yaml:2"},
        {"  - {name: x, unit: a, range: [0, 1], codes: [L//1]}\n"
         "  - {name: y, unit: a, range: [0, 1], codes: [L//1]}",
         "c.yaml:3:", "'L//1' is already declared"}}) {
    auto read = Read(std::string(entry) + "\n");
    ASSERT_FALSE(read.ok()) << entry;
    EXPECT_THAT(read.error().message(), HasSubstr(place)) << entry;
    EXPECT_THAT(read.error().message(), HasSubstr(cure)) << entry;
  }
}

TEST(Concepts, HashChangesWithAnswersOnly) {
  std::string plain = Read("  - {name: x, unit: a, range: [0, 1]}\n")->hash();
  EXPECT_EQ(
      Read("  - {name: x, unit: a, range: [0, 1], label: L, reference: [0, 1], words: [a, b]}\n")
          ->hash(),
      plain);
  for (const char* changed :
       {"{name: y, unit: a, range: [0, 1]}", "{name: x, unit: b, range: [0, 1]}",
        "{name: x, unit: a, range: [0, 2]}", "{name: x, unit: a, range: [0, 1], codes: [A]}",
        "{name: x, unit: a, range: [0, 1], top_code: 0.5}",
        "{name: x, unit: a, range: [0, 1], outcome: true}",
        "{name: x, unit: a, range: [0, 1], latency: 1h}",
        "{name: x, unit: a, range: [0, 1], ambiguous: [5, 6]}",
        "{name: x, unit: a, range: [0, 1], conversions: [{unit: c, factor: 2}]}"}) {
    EXPECT_NE(Read(std::string("  - ") + changed + "\n")->hash(), plain) << changed;
  }
}

}  // namespace
}  // namespace codman::events
