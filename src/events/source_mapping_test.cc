#include "events/source_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "events/normalizer.h"

// Expected values: the line numbers of the text that each case writes; the clinic's own files.
namespace codman::events {
namespace {

using testing::HasSubstr;

const Concepts& Clinic() {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

Result<SourceMapping> Read(const std::string& text) {
  std::string path = format("{}codman_source_{}.yaml", testing::TempDir(), getpid());
  TRY(base::WriteFileAtomically(path, text, {.sync = false}));
  return SourceMapping::Load(path, Clinic());
}

const std::string kGood = R"(name: ward
kind: files
format: csv
identifiers: protected
subject: {column: patient}
time: {column: at}
zone: "+01:00"
columns:
  patient: {role: subject}
  at: {role: time}
  HR: {concept: heart_rate, unit: /min}
  Temp: {concept: temperature, unit: "[degF]", optional: true}
  Note: {role: ignored}
)";

TEST(SourceMapping, ReadsATabularSource) {
  auto source = Read(kGood);
  ASSERT_TRUE(source.ok()) << source.error().ToString();
  EXPECT_EQ(source->format, Format::kCsv);
  EXPECT_FALSE(source->public_identifiers);
  EXPECT_EQ(source->identifier_system, "ward");
  EXPECT_EQ(source->zone_offset_minutes, 60);
  ASSERT_EQ(source->columns.size(), 5u);
  EXPECT_EQ(source->columns[2].concept_index, Clinic().Find("heart_rate"));
  EXPECT_EQ(source->columns[2].line, 11);
  EXPECT_TRUE(source->columns[3].optional);
  EXPECT_FALSE(source->latency_us.has_value());
}

TEST(SourceMapping, MistakesNameFileLineAndCure) {
  struct Case {
    const char* from;
    const char* to;
    int line;
    const char* cure;
  };
  for (auto [from, to, line, cure] : {
           Case{"name: ward\n", "nam: ward\n", 1, "did you mean 'name'?"},
           {"kind: files", "kind: kafka", 2, "'kind' must be files"},
           {"format: csv", "format: xls", 3, "csv, psv or ndjson"},
           {"identifiers: protected", "identifiers: secret", 4, "protected"},
           {"subject: {column: patient}", "subject: {}", 5,
            "one of column: NAME, file_name: PATTERN"},
           {"{column: patient}", "{column: p, file_name: 'x'}", 5, "one of"},
           {"{column: patient}", "{file_name: '(['}", 5, "not a regular expression"},
           {"zone: \"+01:00\"", "zone: Europe/Berlin", 7, "+01:00"},
           {"concept: heart_rate", "concept: heart_rat", 11, "did you mean 'heart_rate'?"},
           {"concept: heart_rate", "concept: sepsis_label", 11, "mapped as label:"},
           {"unit: /min", "unit: bpm", 11, "known in: /min"},
           {"unit: \"[degF]\"", "unit: F", 12, "known in: Cel, [degF]"},
           {"{concept: temperature, unit: \"[degF]\"", "{concept: temperature", 12, "known in"},
           {"role: ignored", "role: skipped", 13, "time, subject, encounter or ignored"},
           {"Note: {role: ignored}", "Note: {rol: ignored}", 13, "did you mean 'role'?"},
       }) {
    std::string text = base::ReplaceAll(kGood, from, to);
    ASSERT_NE(text, kGood) << from;
    auto source = Read(text);
    ASSERT_FALSE(source.ok()) << to;
    EXPECT_EQ(source.error().kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(source.error().message(), HasSubstr(format(".yaml:{}: ", line))) << to;
    EXPECT_THAT(source.error().message(), HasSubstr(cure)) << to;
  }
}

TEST(SourceMapping, WithoutTimeOrColumnsItSaysWhatToAdd) {
  auto no_time = Read(base::ReplaceAll(kGood, "time: {column: at}\n", ""));
  ASSERT_FALSE(no_time.ok());
  EXPECT_THAT(no_time.error().message(), HasSubstr("add time: {column:"));
  auto no_columns = Read(kGood.substr(0, kGood.find("columns:")));
  ASSERT_FALSE(no_columns.ok());
  EXPECT_THAT(no_columns.error().message(), HasSubstr("'columns' is missing"));
  auto bad_anchor = Read(base::ReplaceAll(kGood, "time: {column: at}",
                                          "relative_time: {column: at, unit: y, anchor: 2000}"));
  ASSERT_FALSE(bad_anchor.ok());
  EXPECT_THAT(bad_anchor.error().message(), HasSubstr(":6: 'unit' must be s, m, h or d"));
  EXPECT_THAT(bad_anchor.error().message(), HasSubstr(":6: 'anchor' must be a time with a zone"));
}

TEST(SourceMapping, ASourceOfSeveralFilesHasTablesAndQueries) {
  std::string files = "files: {stays: icu/stays.csv*}\n", query = "query: select 1\n";
  auto source = Read(kGood + files + query);
  ASSERT_TRUE(source.ok()) << source.error().ToString();
  EXPECT_EQ(source->files[0].pattern, "icu/stays.csv*");
  EXPECT_EQ(source->feeds[0].query, "select 1");
  EXPECT_NE(Read(kGood + files + "query: select 2\n")->hash, source->hash);
  struct Case {
    std::string more, said;
  };
  for (const auto& [more, said] : std::vector<Case>{
           {files, "the feed 'ward' needs both 'files' and 'query', or neither"},
           {query, "the feed 'ward' needs both 'files' and 'query', or neither"},
           {"files: {Stays: a.csv}\n" + query, "'Stays' must be a name of small letters"},
           {"files: {stays: ../a.csv}\n" + query, "must be a path below the folder"},
           {"files: {stays: /a.csv}\n" + query, "must be a path below the folder"},
           {files + "query: nowhere.sql\n", ":15: there is no nowhere.sql beside this file"},
           {files + query + "feeds: [{feed: a, query: select 1}]\n", "not in both"}}) {
    auto refused = Read(kGood + more);
    ASSERT_FALSE(refused.ok()) << more;
    EXPECT_THAT(refused.error().message(), HasSubstr(said));
  }
}

TEST(SourceMapping, TheClinicsSourcesLoad) {
  auto sources = LoadSources(std::string(CODMAN_SOURCE_DIR) + "/clinic/sources", Clinic());
  ASSERT_TRUE(sources.ok()) << sources.error().ToString();
  auto named = [&](const char* name) {
    auto found = std::find_if(sources->begin(), sources->end(),
                              [&](const auto& source) { return source.name == name; });
    EXPECT_NE(found, sources->end()) << name;
    return *found;
  };
  auto physionet = named("physionet2019");
  EXPECT_EQ(physionet.columns.size(), 41u) << "the challenge's files have 41 columns";
  EXPECT_EQ(physionet.relative_unit_us, base::kHourUs);
  EXPECT_EQ(physionet.latency_us, 0);
  EXPECT_TRUE(physionet.rows_are_prediction_times);
  EXPECT_EQ(named("synthetic").record.measurements, "measurements");
  // The genuine headers, as published.
  std::vector<std::string> extra;
  EXPECT_TRUE(CheckHeader(named("oasis_longitudinal"),
                          "Subject ID,MRI ID,Group,Visit,MR Delay,M/F,Hand,Age,EDUC,SES,MMSE,CDR,"
                          "eTIV,nWBV,ASF",
                          &extra)
                  .ok());
  EXPECT_TRUE(CheckHeader(named("oasis_cross_sectional"),
                          "ID,M/F,Hand,Age,Educ,SES,MMSE,CDR,eTIV,nWBV,ASF,Delay", &extra)
                  .ok());
  EXPECT_TRUE(extra.empty());
}

TEST(SourceMapping, HashChangesWithTheDeclaration) {
  std::string hash = Read(kGood)->hash;
  EXPECT_EQ(Read("# a comment\n" + kGood)->hash, hash);
  EXPECT_NE(Read(base::ReplaceAll(kGood, "+01:00", "+02:00"))->hash, hash);
}

}  // namespace
}  // namespace codman::events
