#include <map>

#include "engine/delta_checkpoint_internal.h"
#include "engine/delta_fixture_internal.h"
#include "engine/delta_log_internal.h"

// Expected values: PROTOCOL.md of delta-io/delta ("Checkpoints", "Checkpoint Schema", "Last
// Checkpoint File"); the plain log, which tells the same; DuckDB's Delta reader as a judge.
namespace codman::engine {
namespace {

using columns::Type;
using testing::ElementsAre;
using testing::HasSubstr;

class DeltaCheckpointTest : public DeltaFixture {
 protected:
  // Versions 0 … last: one row each in one of two partitions; every fourth commit takes the oldest
  // file away; txns move.
  void Fill(const DeltaTable& table, int last) {
    for (int i = 0; i <= last; ++i) {
      auto read = Must(table.Load());
      DeltaChange change{.adds = Write(table, Rows(i, i), {{"ward", i % 2 == 0 ? "a b" : "c"}}),
                         .txns = {{format("app{}", i % 3), i}}};
      if (i % 4 == 3) change.removes = {read.files.front().path};
      change.info = Json::Object({{"codmanStep", i}});
      ASSERT_EQ(Must(table.Commit(read, change)), i);
    }
  }
  static columns::Schema WardSchema() {
    columns::Schema schema = kDeltaSchema;
    schema.push_back({"ward", Type::kString});
    return schema;
  }
  // Everything of a snapshot that must not depend on where it was read from. A checkpoint says of
  // all its files that they change no data.
  static std::string Text(const DeltaSnapshot& snapshot) {
    std::string text = format("{} {} {} {}\n", snapshot.version, snapshot.table_id,
                              snapshot.protocol["minReaderVersion"].AsInt(),
                              snapshot.meta_data["schemaString"].AsString());
    for (const auto& field : snapshot.schema) text += field.name + columns::NameOf(field.type);
    for (const auto& column : snapshot.partition_columns) text += " by " + column;
    for (const auto& [application, version] : snapshot.txns)
      text += format("\ntxn {} {}", application, version);
    std::map<std::string, std::string> files;
    for (const auto& file : snapshot.files) {
      files["+" + file.path] = format("{} {} {} {} {}", file.size_bytes, file.rows, file.stats,
                                      file.modified_ms, file.partition.at(0).second);
    }
    for (const auto& file : snapshot.removed) {
      files["-" + file.path] =
          format("{} {} {}", file.size_bytes, file.deleted_ms, file.partition.at(0).second);
    }
    for (const auto& [path, line] : files) text += "\n" + path + " " + line;
    return text + "\n" + snapshot.info["codmanStep"].ToString();
  }
  std::string CheckpointPath(int64_t version) const {
    return LogFolder(root_) + "/" + CheckpointName(version);
  }
  // What reading a checkpoint says of it: to be told beside an expectation that it was read.
  std::string WhyUnread(int64_t version) const {
    auto read = ReadCheckpoint(root_, version, {CheckpointName(version)});
    return read.ok() ? "it can be read now" : read.error().ToString();
  }
  DeltaTable table_{root_, WardSchema(), {"ward"}};
};

TEST_F(DeltaCheckpointTest, EveryTenthCommitWritesOne) {
  Fill(table_, 25);
  EXPECT_FALSE(base::FileExists(CheckpointPath(0)));
  for (int version : {10, 20}) EXPECT_TRUE(base::FileExists(CheckpointPath(version))) << version;
  for (int version : {5, 9, 11, 25}) EXPECT_FALSE(base::FileExists(CheckpointPath(version)));
  Json hint = Must(base::ParseJson(Must(base::ReadFile(LogFolder(root_) + "/_last_checkpoint"))));
  EXPECT_EQ(hint["version"].AsInt(), 20);
  EXPECT_EQ(hint["size"].AsInt(),
            Must(engine_->QueryInt(format("select count(*) from '{}'", CheckpointPath(20)))));
  EXPECT_EQ(table_.Load()->checkpoint_version, 20);
  EXPECT_EQ(table_.Load(20)->checkpoint_version, 20);
  EXPECT_EQ(table_.Load(19)->checkpoint_version, 10);
  EXPECT_EQ(table_.Load(9)->checkpoint_version, -1);
}

TEST_F(DeltaCheckpointTest, TheIntervalIsAnOption) {
  DeltaTable often(root_, WardSchema(), {"ward"}, {.checkpoint_interval = 2});
  Fill(often, 4);
  EXPECT_TRUE(base::FileExists(CheckpointPath(2)));
  EXPECT_EQ(often.Load()->checkpoint_version, 4);
  DeltaTable never(root_, WardSchema(), {"ward"}, {.checkpoint_interval = 0});
  for (int i = 5; i <= 20; ++i) Append(never, Rows(i, i), {{"ward", "c"}});
  EXPECT_EQ(never.Load()->checkpoint_version, 4);
  EXPECT_EQ(Must(never.Checkpoint()), 20);
  EXPECT_EQ(never.Load()->checkpoint_version, 20);
}

TEST_F(DeltaCheckpointTest, TellsWhatTheLogTells) {
  Fill(table_, 23);
  std::map<int64_t, std::string> with;
  for (int version = 0; version <= 23; ++version) with[version] = Text(Must(table_.Load(version)));
  std::string newest = Text(Must(table_.Load()));
  for (int version : {10, 20}) ASSERT_EQ(unlink(CheckpointPath(version).c_str()), 0);
  for (int version = 0; version <= 23; ++version) {
    EXPECT_EQ(table_.Load(version)->checkpoint_version, -1);
    EXPECT_EQ(Text(Must(table_.Load(version))), with[version]) << version;
  }
  EXPECT_EQ(Text(Must(table_.Load())), newest) << "the hint points at nothing";
}

// "Checkpoint Schema" of the protocol.
TEST_F(DeltaCheckpointTest, HoldsTheTypesOfTheProtocol) {
  Fill(table_, 12);
  auto types = Must(engine_->QueryAll(format(
      "select column_name, column_type from (describe select * from '{}')", CheckpointPath(10))));
  std::map<std::string, std::string> found;
  for (size_t i = 0; i < size_t(types.num_rows()); ++i)
    found[std::string(types.columns[0].strings[i])] =
        base::ReplaceAll(std::string(types.columns[1].strings[i]), "\"", "");
  EXPECT_EQ(found["protocol"], "STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)");
  EXPECT_EQ(found["txn"], "STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)");
  EXPECT_EQ(found["add"],
            "STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, "
            "modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR, tags MAP(VARCHAR, "
            "VARCHAR))");
  EXPECT_EQ(found["remove"],
            "STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, "
            "extendedFileMetadata BOOLEAN, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)");
  EXPECT_EQ(found["metaData"],
            "STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider "
            "VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR, partitionColumns "
            "VARCHAR[], createdTime BIGINT, configuration MAP(VARCHAR, VARCHAR))");
  auto counts = Must(engine_->QueryAll(format(
      "select count(protocol), count(metaData), count(txn), count(add), count(remove), count(*), "
      "count(*) filter (add.dataChange or remove.dataChange) from '{}'",
      CheckpointPath(10))));
  std::vector<int64_t> numbers;
  for (const auto& column : counts.columns) numbers.push_back(column.ints[0]);
  // Of 11 files the commits 3 and 7 took two away.
  EXPECT_THAT(numbers, ElementsAre(1, 1, 3, 9, 2, 16, 0));
}

TEST_F(DeltaCheckpointTest, LeavesOutTombstonesOlderThanSevenDays) {
  Fill(table_, 8);
  auto snapshot = Must(table_.Load());
  ASSERT_EQ(snapshot.removed.size(), 2u);
  constexpr int64_t kDayMs = 24 * 3600 * 1000;
  int64_t removed_ms = snapshot.removed[1].deleted_ms;
  snapshot.removed[0].deleted_ms = removed_ms - 1;
  ASSERT_TRUE(WriteCheckpoint(root_, snapshot, removed_ms + 7 * kDayMs).ok());
  auto from = Must(table_.Load());
  EXPECT_EQ(from.checkpoint_version, 8);
  ASSERT_EQ(from.removed.size(), 1u);
  EXPECT_EQ(from.removed[0].path, snapshot.removed[1].path);
}

TEST_F(DeltaCheckpointTest, WhatCannotBeReadIsPassedOver) {
  Fill(table_, 25);
  std::string expected = Text(Must(table_.Load()));
  std::string whole = Must(base::ReadFile(CheckpointPath(20)));
  std::string hint_path = LogFolder(root_) + "/_last_checkpoint";
  std::string hint = Must(base::ReadFile(hint_path));
  struct Case {
    const char* name;
    std::string checkpoint, hint;
    int64_t starts_at;
  };
  std::string other = Must(base::ReadFile(CheckpointPath(10)));
  for (const auto& [name, checkpoint, hinted, starts_at] :
       {Case{"whole", whole, hint, 20}, Case{"no hint", whole, "", 20},
        Case{"torn hint", whole, hint.substr(0, 9), 20},
        Case{"hint of another kind", whole, "[]", 20},
        Case{"hint beyond the end", whole, R"({"version":99,"size":1})", 20},
        Case{"hint at an older one", whole, R"({"version":10})", 10},
        Case{"hint of a huge number", whole, R"({"version":1e300,"size":1e300})", 20},
        Case{"hint at a negative one", whole, R"({"version":-3})", 20},
        Case{"torn checkpoint", whole.substr(0, whole.size() / 2), hint, 10},
        Case{"empty checkpoint", "", hint, 10}, Case{"not Parquet", "hello", hint, 10},
        Case{"lacks actions", other, hint, 10}}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(base::WriteFileAtomically(CheckpointPath(20), checkpoint).ok());
    ASSERT_TRUE(base::WriteFileAtomically(hint_path, hinted).ok());
    auto loaded = table_.Load();
    ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
    EXPECT_EQ(loaded->checkpoint_version, starts_at) << WhyUnread(starts_at);
    EXPECT_EQ(Text(*loaded), expected);
  }
  ASSERT_TRUE(base::WriteFileAtomically(CheckpointPath(20), "torn").ok());
  ASSERT_TRUE(base::WriteFileAtomically(CheckpointPath(10), "torn").ok());
  EXPECT_EQ(table_.Load()->checkpoint_version, -1) << "the plain log is enough";
  EXPECT_EQ(Text(Must(table_.Load())), expected);
}

TEST_F(DeltaCheckpointTest, ACheckpointThatFailsDoesNotHarmTheCommit) {
  Fill(table_, 9);
  ASSERT_TRUE(base::MakeFolders(CheckpointPath(10) + "/in the way").ok());
  EXPECT_EQ(Append(table_, Rows(10, 10), {{"ward", "c"}}), 10);
  EXPECT_FALSE(CheckpointHint(root_).has_value());
  EXPECT_EQ(table_.Load()->version, 10);
  EXPECT_EQ(Append(table_, Rows(11, 11), {{"ward", "c"}}), 11);
  EXPECT_TRUE(ListLog(root_)->partial.empty()) << "nothing is left behind";
  for (int i = 12; i <= 20; ++i) Append(table_, Rows(i, i), {{"ward", "c"}});
  EXPECT_TRUE(base::FileExists(CheckpointPath(20)));
}

TEST_F(DeltaCheckpointTest, OtherReadersNeedNoLogBeforeIt) {
  Fill(table_, 25);
  std::string expected = Text(Must(table_.Load()));
  for (int version = 0; version < 20; ++version) ASSERT_EQ(unlink(LogName(version).c_str()), 0);
  EXPECT_EQ(Text(Must(table_.Load())), expected);
  ExpectDuckDbReadsTheSame(table_);
}

TEST_F(DeltaCheckpointTest, ACleanedVersionIsRefusedByName) {
  Fill(table_, 25);
  for (int version = 0; version < 20; ++version) ASSERT_EQ(unlink(LogName(version).c_str()), 0);
  for (int version : {0, 5, 9, 11, 19}) {
    auto cleaned = table_.Load(version);
    ASSERT_FALSE(cleaned.ok()) << version;
    EXPECT_EQ(cleaned.error().kind(), ErrorKind::kNotFound);
    EXPECT_THAT(cleaned.error().message(), HasSubstr(format("version {} of table", version)));
    EXPECT_THAT(cleaned.error().message(), HasSubstr("was cleaned"));
    EXPECT_THAT(cleaned.error().message(), HasSubstr(version < 10 ? "read is 10" : "read is 20"));
  }
  EXPECT_EQ(Must(table_.Load(10)).version, 10) << "its checkpoint is still there";
  EXPECT_EQ(Must(table_.Load(22)).version, 22);
  EXPECT_THAT(table_.Load(26).error().message(), HasSubstr("the newest is 25"));
  EXPECT_THAT(table_.ReadCommit(5).error().message(), HasSubstr("cleaned"));
  // With the last checkpoint gone nobody can tell what the table holds.
  ASSERT_EQ(unlink(CheckpointPath(20).c_str()), 0);
  auto lost = table_.Load();
  ASSERT_FALSE(lost.ok());
  EXPECT_THAT(lost.error().message(), HasSubstr("lacks version 11"));
}

TEST_F(DeltaCheckpointTest, ACommitNeverFillsACleanedPlace) {
  Fill(table_, 3);
  auto stale = Must(table_.Load(2));
  for (int i = 4; i <= 20; ++i) Append(table_, Rows(i, i), {{"ward", "c"}});
  for (int version = 0; version < 20; ++version) ASSERT_EQ(unlink(LogName(version).c_str()), 0);
  DeltaChange change{.adds = Write(table_, Rows(99, 99), {{"ward", "c"}})};
  EXPECT_EQ(table_.Commit(stale, change).error().kind(), ErrorKind::kConflict);
  DeltaSnapshot none;
  EXPECT_EQ(table_.Commit(none, change).error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(Must(table_.Commit(Must(table_.Load()), change)), 21);
}

// A cleaning took the logs behind the checkpoint that a reader had just been pointed at.
TEST_F(DeltaCheckpointTest, AHintOvertakenByACleaningDoesNotEndTheLog) {
  Fill(table_, 25);
  std::string expected = Text(Must(table_.Load()));
  for (int version = 0; version < 20; ++version) ASSERT_EQ(unlink(LogName(version).c_str()), 0);
  auto hint = LogFolder(root_) + "/_last_checkpoint";
  ASSERT_TRUE(base::WriteFileAtomically(hint, R"({"version":10})").ok());
  EXPECT_EQ(Text(Must(table_.Load())), expected);
}

// Several parts are what other makers may write ("Multi-part checkpoint").
TEST_F(DeltaCheckpointTest, ReadsOneInParts) {
  Fill(table_, 12);
  std::string expected = Text(Must(table_.Load()));
  std::string whole = CheckpointPath(10);
  auto part = [&](int number) {
    return format("{}/{:020}.checkpoint.{:010}.{:010}.parquet", LogFolder(root_), 10, number, 2);
  };
  for (int number : {1, 2}) {
    ASSERT_TRUE(engine_
                    ->Execute(format("copy (select * exclude (n) from (select *, row_number() over "
                                     "() as n from '{}') where n % 2 = {}) to '{}'",
                                     whole, number - 1, part(number)))
                    .ok());
  }
  ASSERT_EQ(unlink(whole.c_str()), 0);
  auto hint = LogFolder(root_) + "/_last_checkpoint";
  ASSERT_TRUE(base::WriteFileAtomically(hint, R"({"version":10,"size":16,"parts":2})").ok());
  EXPECT_EQ(table_.Load()->checkpoint_version, 10);
  EXPECT_EQ(Text(Must(table_.Load())), expected);
  ASSERT_EQ(unlink(part(2).c_str()), 0);
  EXPECT_EQ(table_.Load()->checkpoint_version, -1) << "a part is missing";
  EXPECT_EQ(Text(Must(table_.Load())), expected);
}

}  // namespace
}  // namespace codman::engine
