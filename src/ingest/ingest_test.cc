// Files through the door into bronze and silver. Archives are made by Python's tarfile, gzip and
// zipfile; expected rows are by hand from the files that each test writes.
#include "ingest/ingest.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

#include "base/crypto.h"
#include "lakehouse/lake_testing.h"

namespace codman::ingest {
namespace {

using lakehouse::Must;
using lakehouse::TestLake;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

using Files = std::map<std::string, std::string>;
using Cells = std::map<std::string, std::string>;

class Ingest : public testing::Test {
 protected:
  const events::SourceMapping& physionet() { return test.Source("physionet2019"); }

  // The header of the mapping without `without`, and `more` columns behind.
  std::string Header(const std::string& without = "", const std::string& more = "") {
    std::string header;
    for (const auto& column : physionet().columns) {
      if (column.column != without) header += (header.empty() ? "" : "|") + column.column;
    }
    return header + more + "\n";
  }

  // A row of the mapping; what is not named is NaN.
  std::string Row(const Cells& cells, const std::string& without = "") {
    std::string row;
    for (const auto& column : physionet().columns) {
      if (column.column == without) continue;
      auto cell = cells.find(column.column);
      row += (row.empty() ? "" : "|") + (cell == cells.end() ? "NaN" : cell->second);
    }
    return row + "\n";
  }

  // Three patients: 4 rows, 5 measurements, one of them out of range.
  Files ThreePatients() {
    Cells person = {{"Age", "61"}, {"Gender", "0"}, {"HospAdmTime", "-0.03"}};
    auto with = [&](Cells cells) {
      cells.insert(person.begin(), person.end());
      return Row(cells);
    };
    return {{"p000001.psv", Header() + with({{"ICULOS", "1"}, {"HR", "80"}}) +
                                with({{"ICULOS", "2"}, {"HR", "82.5"}, {"SepsisLabel", "1"}})},
            {"p000002.psv", Header() + with({{"ICULOS", "5"}, {"Temp", "36.6"}})},
            {"p000003.psv", Header() + with({{"ICULOS", "1"}, {"HR", "900"}, {"SBP", "120"}})}};
  }

  std::string Write(const std::string& folder, const Files& files) {
    std::string path = test.home + "/" + folder;
    std::filesystem::create_directories(path);
    for (const auto& [name, text] : files)
      Must(base::WriteFileAtomically(path + "/" + name, text, {.sync = false}));
    return path;
  }

  // Packs all files of `folder` in order of their names with `python`, which sees names and target.
  std::string Pack(const std::string& folder, const std::string& target,
                   const std::string& python) {
    std::string path = test.home + "/" + target;
    std::string command = format(
        "cd '{}' && python3 -c \"import "
        "glob,gzip,os,tarfile,zipfile\nnames=sorted(glob.glob('*'))\n"
        "target='{}'\n{}\"",
        folder, path, python);
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return path;
  }

  IngestReport Take(const std::string& path) {
    return Must(Ingestor(test.lake, test.engine.get(), test.log.get()).Ingest(physionet(), path));
  }

  std::vector<std::string> Events() {
    return test.Rows(
        "select identifier, event_time, known_time, concept, source_code, value, status, feed "
        "from silver.events join silver.subjects using (subject_id) "
        "order by identifier, event_time, concept, source_code");
  }

  TestLake test;
};

TEST_F(Ingest, RowsBecomeEventsMarkersAndFacts) {
  auto report = Take(Write("in", ThreePatients()));
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.rows, 4);
  auto counts = test.BuildSilver();
  EXPECT_EQ(counts.measurements, 5);
  EXPECT_EQ(counts.stored, 4);
  EXPECT_EQ(counts.quarantined, 1);
  EXPECT_EQ(counts.markers, 4);
  EXPECT_THAT(test.Rows("select event_time, value from silver.events where concept = 'heart_rate' "
                        "order by event_time"),
              ElementsAre("2000-01-01 01:00:00+00|80.0", "2000-01-01 02:00:00+00|82.5"));
  EXPECT_THAT(test.Rows("select reason, field, regexp_extract(source_position, '[^/]*$') "
                        "from silver.quarantine"),
              ElementsAre("out_of_range|HR|p000003.psv#1"));
  Must(Must(test.BuildTables(test.clinic)).ToResult());
  EXPECT_THAT(test.Rows("select identifier, age, sex from silver.patients order by identifier"),
              ElementsAre("p000001|61.0|0.0", "p000002|61.0|0.0", "p000003|61.0|0.0"));
  EXPECT_THAT(test.Rows("select hours, first_sepsis_label_time from gold.icu_stays order by hours "
                        "desc limit 2"),
              ElementsAre("5.0|-", "2.0|2000-01-01 02:00:00+00"));
}

// Bytes that are no UTF-8 would be lost in a column of texts: they are kept as base64url.
TEST_F(Ingest, ARowThatIsNoTextIsKeptByteForByteAndRefusedWhole) {
  std::string bad = Row({{"ICULOS", "2"}, {"HR", "80\xFC"}});
  Take(Write("in", {{"p000001.psv", Header() + Row({{"ICULOS", "1"}, {"HR", "80"}}) + bad}}));
  auto counts = test.BuildSilver();
  EXPECT_EQ(counts.stored, 1);
  EXPECT_THAT(test.Rows("select reason, rule, regexp_extract(source_position, '[^/]*$') "
                        "from silver.quarantine"),
              ElementsAre("unparsable|utf-8|p000001.psv#2"));
  bad.pop_back();  // the end of the line
  EXPECT_THAT(test.Rows("select payload from bronze.physionet2019 where content_type like "
                        "'bytes;base64url;%'"),
              ElementsAre(base::ToBase64Url(bad)));
}

TEST_F(Ingest, AHeaderThatIsNoTextIsRefusedWithItsCure) {
  std::string path = Write("in", {{"p000001.psv", "HR|\xFC\n80|1\n"}});
  auto refused = Ingestor(test.lake, test.engine.get(), test.log.get()).Ingest(physionet(), path);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("iconv"));
}

struct Package {
  const char* target;
  const char* python;
};

class Packed : public Ingest, public testing::WithParamInterface<Package> {};

TEST_P(Packed, HoldsTheSameRowsAsThePlainFiles) {
  std::string plain = Write("in", ThreePatients());
  TestLake other;
  Must(Ingestor(other.lake, other.engine.get(), other.log.get()).Ingest(physionet(), plain));
  other.BuildSilver();
  std::swap(test.lake, other.lake);
  auto expected = Events();
  std::swap(test.lake, other.lake);
  auto report = Take(Pack(plain, GetParam().target, GetParam().python));
  EXPECT_EQ(report.rows, 4);
  EXPECT_EQ(report.members, 3);
  test.BuildSilver();
  EXPECT_EQ(Events(), expected);
  EXPECT_THAT(test.Rows("select regexp_extract(source_position, '[^/]*$') from silver.quarantine"),
              ElementsAre("p000003.psv#1"));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Packed,
    testing::Values(Package{"all.zip",
                            "z=zipfile.ZipFile(target,'w',zipfile.ZIP_DEFLATED)\n"
                            "[z.write(n) for n in names]\nz.close()"},
                    Package{"all.tar.gz",
                            "t=tarfile.open(target,'w:gz')\n[t.add(n) for n in names]\nt.close()"},
                    Package{"gz",
                            "os.mkdir(target)\n"
                            "[gzip.open(target+'/'+n+'.gz','wb').write(open(n,'rb').read()) "
                            "for n in names]"}),
    [](const auto& info) { return base::ReplaceAll(info.param.target, ".", "_"); });

TEST_F(Ingest, TheSameFileAgainChangesNothing) {
  std::string folder = Write("in", ThreePatients());
  Take(folder);
  auto again = Take(folder);
  EXPECT_EQ(again.files_unchanged, 3);
  EXPECT_EQ(again.rows, 0);
  EXPECT_EQ(test.Rows("select * from bronze.physionet2019").size(), 4u);
}

// A killed run had appended the first row and no more.
TEST_F(Ingest, ReadingGoesOnWhereALogEndsWithinAFile) {
  auto files = ThreePatients();
  std::string folder = Write("in", {{"p000001.psv", files["p000001.psv"]}});
  auto lines = base::Split(files["p000001.psv"], '\n');
  lakehouse::Delivery begun{.source = "physionet2019",
                            .feed = "physionet2019",
                            .file_sha256 = Must(base::Sha256HexOfFile(folder + "/p000001.psv")),
                            .member = "p000001.psv",
                            .file_rows = 1,
                            .content_type = format("text/psv;header={}", lines[0])};
  begun.rows = {lines[1]};
  Must(test.log->Sync(Must(test.log->Append(lakehouse::EncodeDelivery(begun), base::NowUs()))));
  EXPECT_EQ(Take(folder).rows, 1);
  EXPECT_THAT(test.Rows("select regexp_extract(source_position, '[^/]*$') "
                        "from bronze.physionet2019 order by received_seq"),
              ElementsAre("p000001.psv#1", "p000001.psv#2"));
  EXPECT_EQ(test.BuildSilver().stored, 2);
}

TEST_F(Ingest, AHeaderWithoutAnExpectedColumnIsRefusedNamingIt) {
  std::string folder =
      Write("in", {{"p000001.psv", Header("Temp") + Row({{"ICULOS", "1"}}, "Temp")}});
  auto refused = Ingestor(test.lake, test.engine.get(), test.log.get())
                     .Ingest(physionet(), folder + "/p000001.psv");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().ToString(), HasSubstr("the header lacks the column 'Temp'"));
}

TEST_F(Ingest, AnUnknownColumnIsReportedAndKept) {
  std::string row = Row({{"ICULOS", "1"}, {"HR", "80"}});
  row.insert(row.size() - 1, "|7");
  auto report = Take(Write("in", {{"p000001.psv", Header("", "|Mystery") + row}}));
  EXPECT_THAT(report.extra_columns, ElementsAre("Mystery"));
  EXPECT_EQ(test.BuildSilver().stored, 1);
  EXPECT_THAT(test.Rows("select payload from bronze.physionet2019"), Contains(HasSubstr("|7")));
}

TEST_F(Ingest, ABadMemberOfAnArchiveDriftsAndStopsNoOther) {
  auto files = ThreePatients();
  files["p000002.psv"] =
      Header("HR") + Row({{"ICULOS", "1"}, {"Temp", "37"}, {"SBP", "110"}}, "HR");
  std::string folder = Write("in", files);
  Take(Pack(folder, "all.tar.gz",
            "t=tarfile.open(target,'w:gz')\n[t.add(n) for n in names]\n"
            "t.close()"));
  auto counts = test.BuildSilver();
  EXPECT_EQ(counts.measurements, 6);
  EXPECT_EQ(counts.stored, 3);
  EXPECT_THAT(test.Rows("select reason, field, regexp_extract(source_position, '[^/]*$') "
                        "from silver.quarantine order by all"),
              ElementsAre("out_of_range|HR|p000003.psv#1", "schema_drift|SBP|p000002.psv#1",
                          "schema_drift|Temp|p000002.psv#1"));
}

TEST_F(Ingest, EmptyFilesAndHeadersWithoutRowsHoldNothing) {
  auto report = Take(Write("in", {{"p000001.psv", ""}, {"p000002.psv", Header()}}));
  EXPECT_EQ(report.rows, 0);
  EXPECT_EQ(test.BuildSilver().records, 0);
  // The header's file is known from now on; a file of no bytes has no member to remember.
  EXPECT_EQ(Take(test.home + "/in").files_unchanged, 1);
}

TEST_F(Ingest, AnArchiveThatIsCutIsRefusedAndReadOnceWhole) {
  std::string folder = Write("in", ThreePatients());
  std::string whole = Pack(folder, "all.tar.gz",
                           "t=tarfile.open(target,'w:gz')\n[t.add(n) for n in names]\nt.close()");
  std::string bytes = Must(base::ReadFile(whole));
  std::string cut = Write("cut", {{"cut.tar.gz", bytes.substr(0, bytes.size() / 2)}});
  auto refused = Ingestor(test.lake, test.engine.get(), test.log.get()).Ingest(physionet(), cut);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().ToString(), HasSubstr("check that it is whole"));
  Take(whole);
  EXPECT_EQ(test.BuildSilver().stored, 4);
}

TEST_F(Ingest, WhatIsNotThereIsNamed) {
  auto missing = Ingestor(test.lake, test.engine.get(), test.log.get())
                     .Ingest(physionet(), test.home + "/nowhere.psv");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("nowhere.psv does not exist"));
}

}  // namespace
}  // namespace codman::ingest
