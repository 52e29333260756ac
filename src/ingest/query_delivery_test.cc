// Several files become the records of one source. Expected rows are by hand from the files that
// each test writes.
#include <gmock/gmock.h>

#include "ingest/ingest.h"
#include "lakehouse/lake_testing.h"
#include "storage/archive_writer.h"

namespace codman::ingest {
namespace {

using lakehouse::Must;
using lakehouse::TestLake;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kWide[] = R"(name: ward
kind: files
format: csv
identifiers: public
subject: {column: person}
rows: {record: stay}
time: {anchor: "2000-01-01T00:00Z"}
files: {stays: stays.csv*, labs: lab/*.parquet, notes: notes.ndjson}
query: |
  select person, stays.stay, ph, json->>'$.text.said' as said
  from stays
  left join labs on labs.stay = stays.stay::int
  left join notes on json->>'$.stay' = stays.stay
columns:
  person: {role: subject}
  stay: {role: encounter}
  ph: {field: number, range: [6, 8]}
  said: {field: text}
)";

constexpr char kLong[] = R"(name: ward
kind: files
format: ndjson
identifiers: public
shifted_dates: true
zone: Z
files: {charted: charted.csv}
feeds:
  - feed: ward-facts
    static: true
    query: |
      select distinct person, '2170-01-01T00:00' as time, 'sex' as code, 1.0 as value, '1' as unit
      from charted
  - feed: ward-items
    query: |
      select person, time, item as code, value::double as value, unit
      from charted where value is not null
record:
  subject: person
  event_time: time
  code: code
  value: value
  unit: unit
  codes:
    220045: {concept: heart_rate, unit: /min}
    223761: {concept: temperature, unit: "[degF]"}
)";

class QueryDelivery : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder + "/" + name).parent_path());
    Must(base::WriteFileAtomically(folder + "/" + name, text, {.sync = false}));
  }

  void WriteWard() {
    Write("stays.csv", "person,stay\nanna,2\nben,1\n\"c,arl\",3\n");
    Write("notes.ndjson", R"({"stay": "1", "text": {"said": "a \"b\", c"}})"
                          "\n");
    std::filesystem::create_directories(folder + "/lab");
    Must(
        test.engine->Execute(format("copy (select * from (values (1, 7.4), (2, 9.0)) t(stay, ph)) "
                                    "to '{}/lab/a.parquet' (format parquet)",
                                    folder)));
  }

  Result<IngestReport> Take(const std::string& mapping, const std::string& input) {
    std::string path = test.home + "/ward.yaml";
    Must(base::WriteFileAtomically(path, mapping, {.sync = false}));
    test.sources = {Must(events::SourceMapping::Load(path, test.concepts))};
    return Ingestor(test.lake, test.engine.get(), test.log.get()).Ingest(test.sources[0], input);
  }
  Result<IngestReport> Take(const std::string& mapping) { return Take(mapping, folder); }

  // An archive of these members, each with what the ward's file of that name holds.
  std::string Pack(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string path = format("{}/ward-{}.tar.zst", test.home, ++packed);
    auto archive = Must(storage::ArchiveWriter::Create(path));
    for (const auto& [member, file] : members) Must(archive->AddFile(member, folder + "/" + file));
    Must(archive->Finish());
    return path;
  }

  std::string Refusal(const std::string& mapping) {
    auto refused = Take(mapping);
    return refused.ok() ? "" : refused.error().ToString();
  }

  TestLake test;
  const std::string folder = test.home + "/in";
  int packed = 0;
};

TEST_F(QueryDelivery, CsvParquetAndJsonJoinIntoRowsOfACsv) {
  WriteWard();
  auto report = Must(Take(kWide));
  EXPECT_EQ(report.rows, 3);
  EXPECT_EQ(report.files, 3);
  EXPECT_THAT(test.Rows("select payload, content_type from bronze.ward order by received_seq"),
              ElementsAre("anna,2,9.0,|text/csv;header=person,stay,ph,said",
                          "ben,1,7.4,\"a \"\"b\"\", c\"|text/csv;header=person,stay,ph,said",
                          "\"c,arl\",3,,|text/csv;header=person,stay,ph,said"));
  auto counts = test.BuildSilver();
  EXPECT_EQ(counts.stored, 2);
  EXPECT_THAT(test.Rows("select reason, field from silver.quarantine"),
              ElementsAre("out_of_range|ph"));
}

TEST_F(QueryDelivery, RowsOfOneMeasurementHaveLocalCodesAndShiftedDates) {
  Write("charted.csv",
        "person,time,item,value,unit\np1,2170-01-01 00:30:00,220045,80,bpm\n"
        "p1,2170-01-01 00:40:00,223761,98.6,\np1,2170-01-01 00:50:00,1,5,x\n"
        "p1,2170-01-01 00:55:00,220045,,bpm\n");
  EXPECT_EQ(Must(Take(kLong)).rows, 4);
  test.BuildSilver();
  EXPECT_THAT(
      test.Rows("select coalesce(concept, source_code), round(value, 3), status, feed, "
                "strftime(event_time, '%H:%M') from silver.events order by event_time"),
      ElementsAre("sex|1.0|static|ward-facts|00:00", "heart_rate|80.0|final|ward-items|00:30",
                  "temperature|37.0|final|ward-items|00:40", "ward//1|5.0|final|ward-items|00:50"));
}

TEST_F(QueryDelivery, AllFilesAndTheQueryAreOneDelivery) {
  WriteWard();
  Must(Take(kWide));
  auto again = Must(Take(kWide));
  EXPECT_EQ(again.rows, 0);
  EXPECT_EQ(again.files_unchanged, 3);
  Write("notes.ndjson", "");
  EXPECT_EQ(Must(Take(kWide)).rows, 3) << "one of the files has changed";
  EXPECT_EQ(Must(Take(base::ReplaceAll(kWide, "stays.stay::int", "stays.stay::bigint"))).rows, 3);
}

TEST_F(QueryDelivery, AnArchiveIsTheSameDeliveryAsItsFolder) {
  WriteWard();
  Write("beside.csv", "a\n1\n");
  std::string archive = Pack({{"ward-2.2/stays.csv", "stays.csv"},
                              {"ward-2.2/beside.csv", "beside.csv"},
                              {"ward-2.2/lab/a.parquet", "lab/a.parquet"},
                              {"ward-2.2/notes.ndjson", "notes.ndjson"}});
  EXPECT_EQ(Must(Take(kWide, archive)).rows, 3);
  EXPECT_FALSE(base::FileExists(test.home + "/tmp/ingest/unpacked")) << "nothing is left behind";
  EXPECT_EQ(Must(Take(kWide)).files_unchanged, 3);
  std::string bare = Pack({{"notes.ndjson", "notes.ndjson"},
                           {"lab/a.parquet", "lab/a.parquet"},
                           {"stays.csv", "stays.csv"}});
  EXPECT_EQ(Must(Take(kWide, bare)).files_unchanged, 3);
}

TEST_F(QueryDelivery, AnArchiveThatIsNotWhatItSaysIsRefused) {
  WriteWard();
  auto refusal = [&](const std::vector<std::pair<std::string, std::string>>& members) {
    auto refused = Take(kWide, Pack(members));
    return refused.ok() ? "" : refused.error().ToString();
  };
  EXPECT_THAT(refusal({{"x/../../stays.csv", "stays.csv"}}), HasSubstr("leads out of the archive"));
  EXPECT_THAT(refusal({{"a/stays.csv", "stays.csv"}, {"b/stays.csv", "stays.csv"}}),
              HasSubstr("two members of the archive are stays.csv"));
  EXPECT_THAT(refusal({{"notes.txt", "notes.ndjson"}}), HasSubstr("no member has a name like"));
  EXPECT_THAT(refusal({{"stays.csv", "stays.csv"}}), HasSubstr("its table 'labs'"));
  EXPECT_FALSE(base::FileExists(test.home + "/tmp/ingest/unpacked"));
}

// A killed run had appended the first row and no more.
TEST_F(QueryDelivery, ReadingGoesOnWhereALogEndsWithinTheRows) {
  WriteWard();
  Must(Take(kWide));
  auto position = test.Rows("select source_position from bronze.ward limit 1")[0];
  TestLake other;
  lakehouse::Delivery begun{.source = "ward",
                            .feed = "ward",
                            .file_sha256 = position.substr(5, 64),
                            .member = "ward",
                            .file_rows = 1,
                            .content_type = "text/csv;header=person,stay,ph,said"};
  begun.rows = {"anna,2,9.0,"};
  Must(other.log->Sync(Must(other.log->Append(lakehouse::EncodeDelivery(begun), base::NowUs()))));
  auto report = Must(
      Ingestor(other.lake, other.engine.get(), other.log.get()).Ingest(test.sources[0], folder));
  EXPECT_EQ(report.rows, 2);
  EXPECT_EQ(other.Rows("select payload from bronze.ward order by received_seq"),
            test.Rows("select payload from bronze.ward order by received_seq"));
}

TEST_F(QueryDelivery, WhatIsMissingIsNamed) {
  WriteWard();
  EXPECT_THAT(Refusal(base::ReplaceAll(kWide, "lab/*.parquet", "lab/b*.parquet")),
              AllOf(HasSubstr("matches 'lab/b*.parquet'"), HasSubstr("its table 'labs'")));
  EXPECT_THAT(Refusal(base::ReplaceAll(kWide, "person, stays.stay", "persona, stays.stay")),
              AllOf(HasSubstr("persona"), HasSubstr("stays = stays.csv")));
  EXPECT_THAT(Refusal(base::ReplaceAll(kWide, " as said", " as says")),
              HasSubstr("the header lacks the column 'said'"));
  auto extra = Must(Take(base::ReplaceAll(kWide, "select person,", "select 1 as more, person,")));
  EXPECT_THAT(extra.extra_columns, ElementsAre("more"));
  EXPECT_THAT(
      Refusal(base::ReplaceAll(kLong, "person, time, item as code", "person, time, item as cod")),
      HasSubstr("'charted.csv'"));
  Write("charted.csv", "person,time,item,value,unit\n");
  EXPECT_THAT(
      Refusal(base::ReplaceAll(kLong, "person, time, item as code", "person, time, item as cod")),
      HasSubstr("the query gives no column 'code'"));
  Must(base::WriteFileAtomically(test.home + "/file", "x", {.sync = false}));
  auto file = Ingestor(test.lake, test.engine.get(), test.log.get())
                  .Ingest(test.sources[0], test.home + "/file");
  EXPECT_THAT(file.error().ToString(), HasSubstr("no member has a name like charted.csv"));
}

TEST_F(QueryDelivery, ABadQueryLeavesNoHalfDelivery) {
  Write("charted.csv", "person,time,item,value,unit\np1,2170-01-01 00:30:00,220045,80,bpm\n");
  EXPECT_THAT(Refusal(base::ReplaceAll(kLong, "value::double", "valu::double")), HasSubstr("valu"));
  EXPECT_EQ(Must(Take(kLong)).rows, 2);
  EXPECT_THAT(test.Rows("select count(*) from bronze.\"ward-facts\""), ElementsAre("1"));
}

TEST_F(QueryDelivery, TheQuerySeesItsFilesOnlyAndRepeatsItself) {
  WriteWard();
  Write("beside.csv", "a\n1\n");
  for (const char* from : {"read_csv('{}')", "'{}'"}) {
    std::string sql = base::ReplaceAll(from, "{}", folder + "/beside.csv");
    EXPECT_THAT(Refusal(base::ReplaceAll(kWide, "  from stays\n", "  from stays, " + sql + "\n")),
                HasSubstr("disabled by configuration"));
  }
  EXPECT_THAT(Refusal(base::ReplaceAll(kWide, "ph,", "ph + random() as ph,")),
              HasSubstr("random is not allowed"));
  EXPECT_THAT(Refusal(base::ReplaceAll(kWide, "ph,", "now() as ph,")),
              HasSubstr("now is not allowed"));
}

}  // namespace
}  // namespace codman::ingest
