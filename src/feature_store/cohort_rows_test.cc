#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <map>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "feature_store/offline_store.h"

// Expected values: worked out by hand from the few events of each patient, as the comments beside
// them tell. Times are hours of an arbitrary clock.
namespace codman::feature_store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Event {
  const char* patient;
  double hour, known_hour;
  const char* concept_name;  // a text with "//" is a code without a concept
  double value = 1;
  const char* status = "final";
  const char* record = "";  // versions of one record share it; for facts: the stay
};

constexpr int64_t kZeroUs = 1'767'225'600 * base::kSecondUs;  // 2026-01-01T00:00Z
constexpr const char* kSepsis = "/clinic/features/sepsis_42.yaml";

class CohortRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    engine_ = engine::SqlEngine::Open({.num_threads = 2}).value();
    concepts_ = events::Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(root_).ok()); }

  void Tell(const std::vector<Event>& events) {
    std::string rows;
    std::map<std::string, int> patients = {{"nobody", 0}};  // without any event
    for (size_t i = 0; i < events.size(); ++i) {
      const Event& e = events[i];
      int patient = patients.emplace(e.patient, static_cast<int>(patients.size())).first->second;
      bool fact = std::string(e.status) == "static";
      bool code = std::string(e.concept_name).find("//") != std::string::npos;
      std::string name = base::QuoteSql(e.concept_name), record = base::QuoteSql(e.record);
      rows += format(
          "{}({}::bigint, make_timestamptz({}), make_timestamptz({}), {}::bigint, {}, {}, "
          "{}::double, null::varchar, null::varchar, '{}', 1.0::double, {}, 'ward', {}, 'feed')",
          i == 0 ? "" : ", ", patient, AtUs(e.hour), AtUs(e.known_hour), i, code ? "null" : name,
          code ? name : "null::varchar", e.value, e.status, fact ? record : "null::varchar",
          fact || *e.record == 0 ? "null::varchar" : record);
    }
    Commit(lake_.Events(),
           "select * from (values " + rows +
               ") t(subject_id, event_time, known_time, received_seq, concept, "
               "source_code, value, text, unit, status, quality, encounter_ref, "
               "source, source_record_id, feed)",
           {{"month", "2026-01"}});
    std::string subjects;
    for (const auto& [name, id] : patients)
      subjects +=
          format("{}({}::bigint, 'ward', 'ward', '{}')", subjects.empty() ? "" : ", ", id, name);
    Commit(lake_.Subjects(),
           "select * from (values " + subjects +
               ") t(subject_id, source, identifier_system, identifier)",
           {});
  }

  // "a@24 1" for a row in the cohort with its label, "a@24 – reason" for one outside.
  std::vector<std::string> Rows(const std::string& declared, bool times = false,
                                bool hourly = false) {
    base::Problems problems("cohort.yaml");
    RowRule rule{.source = "ward"};
    auto yaml = base::ParseYaml(declared, "cohort.yaml");
    EXPECT_TRUE(yaml.ok()) << yaml.error().ToString();
    rule.cohort = events::ReadCohort(*yaml, times, "cohort.yaml", &problems);
    EXPECT_THAT(problems.lines(), IsEmpty());
    if (hourly) rule.times = PredictionTimes::kHourly;
    return RowsOf(rule);
  }

  std::vector<std::string> RowsOf(const RowRule& rule) {
    auto set = features::FeatureSet::Load(std::string(CODMAN_SOURCE_DIR) + kSepsis, concepts_);
    EXPECT_TRUE(set.ok());
    auto built = BuildOfflineMatrix(engine_.get(), lake_, concepts_, *set, {"signals"}, rule,
                                    {.root = root_ + "/features", .num_threads = 1});
    EXPECT_TRUE(built.ok()) << built.error().ToString();
    if (!built.ok()) return {};
    notes_ = built->rows.notes;
    std::vector<std::string> texts;
    for (size_t i = 0; i < built->rows.subject.size(); ++i) {
      const auto& rows = built->rows;
      texts.push_back(format("{}@{} {}",
                             rows.subjects.identifiers[static_cast<size_t>(rows.subject[i])],
                             static_cast<double>(rows.time_us[i] - kZeroUs) / double(base::kHourUs),
                             rows.excluded[i] == kIncluded ? format("{}", rows.label[i])
                                                           : "- " + rows.WhyExcluded(i)));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  std::vector<std::string> notes_;

 private:
  static int64_t AtUs(double hour) {
    return kZeroUs + std::llround(hour * static_cast<double>(base::kHourUs));
  }
  void Commit(const engine::DeltaTable& table, const std::string& select,
              const engine::PartitionValues& partition) {
    auto read = table.Load();
    ASSERT_TRUE(read.ok()) << read.error().ToString();
    auto files = table.WriteFile(engine_.get(), select, partition);
    ASSERT_TRUE(files.ok()) << files.error().ToString();
    ASSERT_TRUE(table.Commit(*read, {.adds = *files}).ok());
  }

  std::string root_ = format("{}codman_cohort_{}", testing::TempDir(), getpid());
  lakehouse::Lake lake_{root_ + "/lake"};
  std::unique_ptr<engine::SqlEngine> engine_;
  events::Concepts concepts_;
};

constexpr const char* kDeath = R"(
predicates:
  admission: {concept: icu_admission}
  low: {concept: map, below: 65}
  death: {concept: death}
trigger: admission
windows:
  input: {from: trigger, to: trigger + 24h, has: {low: {at_most: 2}}}
  gap: {from: trigger + 24h, to: trigger + 30h, has: {death: {at_most: 0}}}
  target: {from: gap.end, to: gap.end + 48h}
predict_at: input.end
label: {window: target, predicate: death, at_least: 1}
)";
// The data end at hour 1000.
constexpr Event kLast = {"z", 1000, 1000, "heart_rate", 80};

Event Admitted(const char* patient, double hour = 0, const char* stay = "e1") {
  return {patient, hour, hour, "icu_admission", 1, "static", stay};
}

TEST_F(CohortRowsTest, WindowsAreOpenAtTheirStartAndClosedAtTheirEnd) {
  Tell({Admitted("a"),
        {"a", 1, 1, "map", 60},
        {"a", 2, 2, "map", 60},
        {"a", 24, 24, "map", 60},
        Admitted("b"),
        {"b", 0, 0, "map", 60},
        {"b", 2, 2, "map", 60},
        {"b", 24, 24, "map", 60},
        Admitted("c"),
        {"c", 1, 1, "map", 60},
        {"c", 2, 2, "map", 65},
        {"c", 24.5, 24.5, "map", 60},
        Admitted("d"),
        {"d", 24, 24, "death"},  // in the input, not in the gap
        Admitted("e"),
        {"e", 30, 30, "death"},  // still in the gap
        Admitted("f"),
        {"f", 30.01, 30.01, "death"},
        Admitted("g"),
        {"g", 78, 78, "death"},
        Admitted("h"),
        {"h", 78.01, 78.01, "death"},
        kLast});
  EXPECT_THAT(Rows(kDeath),
              ElementsAre("a@24 - input: more than 2 low", "b@24 0", "c@24 0", "d@24 0",
                          "e@24 - gap: more than 0 death", "f@24 1", "g@24 1", "h@24 0"));
  EXPECT_THAT(notes_, ElementsAre(testing::HasSubstr("'gap'")));
  // The other way round, b's value at the trigger counts and a's and b's last ones do not.
  std::string turned = base::ReplaceAll(
      kDeath, "{from: trigger, to: trigger + 24h,",
      "{from: trigger, to: trigger + 24h, start_inclusive: true, end_inclusive: false,");
  turned = base::ReplaceAll(turned, "low: {at_most: 2}", "low: {at_most: 2, at_least: 2}");
  EXPECT_THAT(Rows(turned),
              testing::IsSupersetOf({"a@24 0", "b@24 0", "c@24 - input: fewer than 2 low"}));
}

TEST_F(CohortRowsTest, TheCohortKnowsWhatWasKnownTheLabelKnowsEverything) {
  Tell({Admitted("late"),
        {"late", 1, 1, "map", 60},
        {"late", 2, 2, "map", 60},
        {"late", 3, 24.1, "map", 60},  // the third is told after the prediction
        Admitted("in_time"),
        {"in_time", 1, 1, "map", 60},
        {"in_time", 2, 2, "map", 60},
        {"in_time", 3, 24, "map", 60},
        Admitted("mended"),
        {"mended", 1, 1, "map", 60},
        {"mended", 2, 2, "map", 60},
        {"mended", 3, 3, "map", 60, "final", "m3"},
        {"mended", 3, 9, "map", 80, "corrected", "m3"},
        Admitted("mended_late"),
        {"mended_late", 1, 1, "map", 60},
        {"mended_late", 2, 2, "map", 60},
        {"mended_late", 3, 3, "map", 60, "final", "l3"},
        {"mended_late", 3, 25, "map", 80, "corrected", "l3"},
        Admitted("withdrawn"),
        {"withdrawn", 1, 1, "map", 60},
        {"withdrawn", 2, 2, "map", 60},
        {"withdrawn", 3, 3, "map", 60, "final", "w3"},
        {"withdrawn", 3, 9, "map", 60, "retracted", "w3"},
        Admitted("died"),
        {"died", 40, 500, "death"},
        Admitted("lives"),
        {"lives", 40, 40, "death", 1, "final", "d"},
        {"lives", 40, 600, "death", 1, "retracted", "d"},
        kLast});
  EXPECT_THAT(
      Rows(kDeath),
      ElementsAre("died@24 1", "in_time@24 - input: more than 2 low", "late@24 0", "lives@24 0",
                  "mended@24 0", "mended_late@24 - input: more than 2 low", "withdrawn@24 0"));
}

TEST_F(CohortRowsTest, EachTimeOfTheTriggerIsARow) {
  Tell({Admitted("twice"),
        Admitted("twice", 100, "e2"),
        {"twice", 140, 140, "death"},
        // One time told by two records is one row.
        {"same", 0, 0, "icu_admission", 1, "final", "r1"},
        {"same", 0, 1, "icu_admission", 1, "final", "r2"},
        // Its time is mended from 0 to 5 before anybody was predicted.
        {"moved", 0, 0, "icu_admission", 1, "static", "e1"},
        {"moved", 5, 6, "icu_admission", 1, "static", "e1"},
        // Mended after hour 24: predicted as it was known then, and again for the true time, which
        // comes too late for hour 29.
        {"moved_late", 0, 0, "icu_admission", 1, "static", "e1"},
        {"moved_late", 5, 40, "icu_admission", 1, "static", "e1"},
        {"told_late", 0, 30, "icu_admission", 1, "static", "e1"},
        {"no_trigger", 1, 1, "map", 60},
        Admitted("too_new", 950),  // its target ends at hour 1028
        kLast});
  EXPECT_THAT(
      Rows(kDeath),
      ElementsAre("moved@29 0", "moved_late@24 0",
                  "moved_late@29 - trigger: not known at the prediction time", "same@24 0",
                  "told_late@24 - trigger: not known at the prediction time",
                  "too_new@974 - target: not over when the data end", "twice@124 1", "twice@24 0"));
}

TEST_F(CohortRowsTest, EndsMayBeEventsAndPredicatesMayJoin) {
  constexpr const char* kReturn = R"(
predicates:
  admission: {concept: icu_admission}
  discharge: {concept: icu_discharge}
  low: {concept: map, below: 10, unit: kPa}
  local: {code: WARD//shock, equals: 1}
  shock: {any_of: [low, local]}
trigger: discharge
windows:
  stay:
    from: previous admission
    to: trigger
    has: {shock: {at_least: 1}, any_event: {at_most: 3}}
  before: {from: record_start, to: stay.start, has: {admission: {at_most: 1}}}
  after: {from: trigger, to: next admission}
label: {window: after, predicate: shock, at_least: 1}
)";
  auto left = [](const char* patient, double hour) {
    return Event{patient, hour, hour, "icu_discharge", 1, "label"};
  };
  Tell({// 10 kPa are 75 mm[Hg]: 70 is low; a second stay follows, with a shock before it.
        Admitted("a"),
        {"a", 1, 1, "map", 70},
        left("a", 10),
        {"a", 15, 15, "WARD//shock", 1},
        Admitted("a", 20, "e2"),
        // The code says 0: no shock. Whoever never returns has no end of the window.
        Admitted("b"),
        {"b", 1, 1, "WARD//shock", 0},
        left("b", 10),
        Admitted("b", 20, "e2"),
        Admitted("c"),
        {"c", 1, 1, "WARD//shock", 1},
        left("c", 10),
        left("d", 10),  // no admission before it
                        // The shock lies before the admission that opens the stay, at hour 5.
        {"e", 4, 4, "map", 60},
        Admitted("e", 5),
        left("e", 10),
        Admitted("e", 20, "e2"),
        Admitted("f"),
        {"f", 1, 1, "map", 60},
        {"f", 2, 2, "map", 90},
        {"f", 3, 3, "spo2", 90},
        {"f", 4, 4, "LAB//x", 5},
        left("f", 10),
        Admitted("f", 20, "e2"),
        // Its second discharge: two admissions up to the start of that stay.
        Admitted("g"),
        Admitted("g", 20, "e2"),
        {"g", 21, 21, "map", 60},
        left("g", 30),
        Admitted("g", 40, "e3"),
        kLast});
  EXPECT_THAT(
      Rows(kReturn),
      ElementsAre("a@10 1", "b@10 - stay: fewer than 1 shock", "c@10 - after: no admission follows",
                  "d@10 - stay: no admission before it", "e@10 - stay: fewer than 1 shock",
                  "f@10 - stay: more than 3 any_event", "g@30 - before: more than 1 admission"));
}

TEST_F(CohortRowsTest, AWindowThatIsOverBeforeItBeginsHasNoLabel) {
  std::string declared = base::ReplaceAll(kDeath, "to: gap.end + 48h", "to: stay.end");
  declared =
      base::ReplaceAll(declared, "predicates:", "predicates:\n  out: {concept: icu_discharge}");
  declared =
      base::ReplaceAll(declared, "  target:", "  stay: {from: trigger, to: next out}\n  target:");
  Tell({Admitted("a"),
        {"a", 20, 20, "icu_discharge", 1, "label"},
        Admitted("b"),
        {"b", 50, 50, "icu_discharge", 1, "label"},
        {"b", 45, 45, "death"},
        Admitted("c"),
        kLast});
  EXPECT_THAT(Rows(declared), ElementsAre("a@24 - target: over before it begins", "b@24 1",
                                          "c@24 - stay: no out follows"));
}

TEST_F(CohortRowsTest, RowsOfTheSourceOrHoursOfTheStayMayBeTheTrigger) {
  constexpr const char* kLow = R"(
predicates: {low: {concept: map, below: 65}}
windows:
  now: {from: trigger - 1h, to: trigger, has: {low: {at_most: 0}}}
  target: {from: trigger, to: trigger + 2h}
label: {window: target, predicate: low, at_least: 1}
)";
  Tell({Admitted("a"),
        {"a", 1, 1, "source_row", 1, "marker"},
        {"a", 3, 3, "source_row", 3, "marker"},
        {"a", 4, 4, "source_row", 4, "marker"},
        {"a", 4, 4, "map", 60},
        {"a", 5, 5, "icu_discharge", 1, "label"},
        kLast});
  EXPECT_THAT(Rows(kLow, true), ElementsAre("a@1 0", "a@3 1", "a@4 - now: more than 0 low"));
  EXPECT_THAT(Rows(kLow, true, true),
              ElementsAre("a@1 0", "a@2 1", "a@3 1", "a@4 - now: more than 0 low"));
}

// Between two stays nobody is predicted; an end told again holds; one not told is the next stay.
TEST_F(CohortRowsTest, HoursBelongToTheStaysOfAPatient) {
  constexpr const char* kLow = R"(
predicates: {low: {concept: map, below: 65}}
windows:
  target: {from: trigger, to: trigger + 1h}
label: {window: target, predicate: low, at_least: 1}
)";
  Tell({Admitted("a", 0, "first"),
        {"a", 5, 5, "icu_discharge", 1, "label"},
        {"a", 3, 6, "icu_discharge", 1, "label"},
        Admitted("a", 20, "second"),
        {"a", 22, 22, "map", 60},
        {"a", 23, 23, "icu_discharge", 1, "label"},
        Admitted("b", 0, "first"),
        Admitted("b", 2.5, "second"),
        {"b", 4, 4, "icu_discharge", 1, "label"},
        {"b", 90, 90, "heart_rate", 80},
        kLast});
  EXPECT_THAT(Rows(kLow, true, true),
              ElementsAre("a@1 0", "a@2 0", "a@21 1", "a@22 0", "b@1 0", "b@2 0", "b@3.5 0"));
  EXPECT_THAT(RowsOf({.source = "ward",
                      .times = PredictionTimes::kHourly,
                      .label_concept = "sepsis_onset",
                      .horizon_us = base::kHourUs}),
              ElementsAre("a@1 0", "a@2 0", "a@21 0", "a@22 0", "b@1 0", "b@2 0", "b@3.5 0"));
}

}  // namespace
}  // namespace codman::feature_store
