#include "engine/delta_fixture_internal.h"
#include "engine/delta_schema_internal.h"

// Expected values: PROTOCOL.md of delta-io/delta ("Change Metadata", "Column Invariants",
// "Append-only Tables", "Writer Version Requirements"); DuckDB's Delta reader as a judge.
namespace codman::engine {
namespace {

using columns::Type;
using testing::HasSubstr;

class DeltaSchemaTest : public DeltaFixture {
 protected:
  static columns::Schema With(columns::Schema schema, const columns::Field& field) {
    schema.push_back(field);
    return schema;
  }
  // Appends a commit of another maker.
  void PutCommit(int64_t version, const std::string& lines) {
    ASSERT_TRUE(base::WriteFileAtomically(LogName(version), lines).ok());
  }
  std::string NewRows(int64_t id) {
    return format("select *, 'note' as note from ({})", Rows(id, id));
  }
};

TEST_F(DeltaSchemaTest, AnAddedColumnIsCommittedAndNullInOldFiles) {
  for (bool partitioned : {false, true}) {
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    std::vector<std::string> parts =
        partitioned ? std::vector<std::string>{"ward"} : std::vector<std::string>{};
    columns::Schema before = kDeltaSchema, after = With(kDeltaSchema, {"note", Type::kString});
    PartitionValues ward;
    if (partitioned) {
      before.push_back({"ward", Type::kString});
      after.push_back({"ward", Type::kString});
      ward = {{"ward", "first floor"}};
    }
    DeltaTable old(root_, before, parts), now(root_, after, parts);
    Append(old, Rows(1, 2), ward);
    auto first = *old.Load();
    EXPECT_EQ(Must(engine_->QueryInt("select count(*) from (" + now.SelectAll(first) +
                                     ") where note is null")),
              2)
        << "also before the first commit with the column";
    ASSERT_EQ(Append(now, NewRows(3), ward), 1);
    auto second = *now.Load();
    EXPECT_EQ(second.schema, after);
    EXPECT_EQ(second.table_id, first.table_id);
    EXPECT_FALSE(ActionIn(1, "metaData").is_null());
    EXPECT_EQ(ActionIn(1, "metaData")["createdTime"].AsInt(),
              ActionIn(0, "metaData")["createdTime"].AsInt());
    ASSERT_EQ(Append(now, NewRows(4), ward), 2);
    EXPECT_TRUE(ActionIn(2, "metaData").is_null()) << "said once";
    auto notes = Must(engine_->QueryAll("select id, coalesce(note, '-') from (" +
                                        now.SelectAll(*now.Load()) + ") order by id"));
    ASSERT_EQ(notes.num_rows(), 4);
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(notes.columns[1].strings[i], i < 2 ? "-" : "note");
    EXPECT_EQ(Ids(old, *old.Load(0)), "1,2") << "the past has its own schema";
    EXPECT_EQ(old.Load(0)->schema, before);
    ExpectDuckDbReadsTheSame(now);
  }
}

TEST_F(DeltaSchemaTest, RefusesToTakeAwayOrChangeColumns) {
  DeltaTable table(root_, With(kDeltaSchema, {"note", Type::kString}), {});
  Append(table, NewRows(1));
  columns::Schema retyped = kDeltaSchema;
  retyped[0].type = Type::kString;
  retyped.push_back({"note", Type::kString});
  struct Case {
    columns::Schema schema;
    std::vector<std::string> partitions;
    const char* cause;
  };
  for (const auto& [schema, partitions, cause] :
       {Case{kDeltaSchema, {}, "the column note is missing"},
        Case{retyped, {}, "the column id is a int64 and cannot become a string"},
        Case{With(kDeltaSchema, {"note", Type::kString}), {"note"}, "which cannot be changed"},
        Case{With(With(kDeltaSchema, {"note", Type::kString}), {"NOTE", Type::kString}),
             {},
             "differ in case only"}}) {
    DeltaTable wrong(root_, schema, partitions);
    auto committed = wrong.Commit(*wrong.Load(), {.txns = {{"a", 1}}});
    ASSERT_FALSE(committed.ok()) << cause;
    EXPECT_EQ(committed.error().kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(committed.error().message(), HasSubstr(cause));
  }
  EXPECT_EQ(table.Load()->version, 0);
}

TEST_F(DeltaSchemaTest, TwoWritersMayAddTheSameColumn) {
  DeltaTable old(root_, kDeltaSchema), now(root_, With(kDeltaSchema, {"note", Type::kString}));
  DeltaTable other(root_, With(kDeltaSchema, {"note", Type::kDouble}));
  Append(old, Rows(1, 1));
  auto read = *old.Load();
  auto adds = [&](const DeltaTable& table, int id) { return Write(table, NewRows(id)); };
  EXPECT_EQ(Must(now.Commit(read, {.adds = adds(now, 2)})), 1);
  EXPECT_EQ(Must(now.Commit(read, {.adds = adds(now, 3)})), 2) << "both say the same";
  EXPECT_TRUE(ActionIn(2, "metaData").is_null());
  EXPECT_EQ(old.Commit(read, {.adds = Write(old, Rows(4, 4))}).error().kind(), ErrorKind::kConflict)
      << "a writer that does not know the new column reads the table again";
  EXPECT_EQ(other.Commit(read, {.txns = {{"a", 1}}}).error().kind(), ErrorKind::kConflict)
      << "the same name, another type";
  EXPECT_EQ(Ids(now), "1,2,3");
}

TEST_F(DeltaSchemaTest, WhatTheTableCarriesStays) {
  DeltaTable old(root_, {{"id", Type::kInt64}});
  Append(old, "select 1::bigint as id");
  auto meta = ActionIn(0, "metaData");
  meta.Set("name", "vitals");
  meta.Set("configuration", Json::Object({{"delta.logRetentionDuration", "interval 60 days"}}));
  meta.Set("schemaString",
           R"({"type":"struct","fields":[{"name":"id","type":"long","nullable":true,)"
           R"("metadata":{"comment":"key"}}]})");
  PutCommit(1, Json::Object({{"metaData", meta}}).ToString() + "\n");
  DeltaTable now(root_, {{"id", Type::kInt64}, {"note", Type::kString}});
  Append(now, "select 2::bigint as id, 'n' as note");
  auto next = ActionIn(2, "metaData");
  EXPECT_EQ(next["name"].AsString(), "vitals");
  EXPECT_EQ(next["configuration"].ToString(), meta["configuration"].ToString());
  EXPECT_THAT(next["schemaString"].AsString(), HasSubstr(R"("metadata":{"comment":"key"})"));
  EXPECT_THAT(next["schemaString"].AsString(), HasSubstr(R"({"name":"note","type":"string")"));
}

TEST_F(DeltaSchemaTest, RefusesWhatThisWriterDoesNotKeep) {
  struct Case {
    const char* protocol;
    const char* field;
    const char* configuration;
    const char* cause;
  };
  constexpr const char* kTwo = R"({"minReaderVersion":1,"minWriterVersion":2})";
  constexpr const char* kPlain = R"({"name":"id","type":"long","nullable":true,"metadata":{}})";
  for (auto [protocol, field, configuration, cause] :
       {Case{R"({"minReaderVersion":1,"minWriterVersion":7})", kPlain, "{}", "newer Delta writer"},
        {kTwo, R"({"name":"id","type":"integer","nullable":true,"metadata":{}})", "{}",
         "the column id is of the Delta type integer"},
        {kTwo,
         R"({"name":"id","type":"long","nullable":true,"metadata":{"delta.invariants":"{}"}})",
         "{}", "the column id declares an invariant"},
        {kTwo, R"({"name":"id","type":"long","nullable":false,"metadata":{}})", "{}",
         "the column id allows no nulls"},
        {kTwo, kPlain, R"({"delta.appendOnly":"true"})", "is append-only"}}) {
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    DeltaTable table(root_, {{"id", Type::kInt64}});
    Append(table, "select 1::bigint as id");
    auto meta = ActionIn(0, "metaData");
    meta.Set("schemaString", format(R"({{"type":"struct","fields":[{}]}})", field));
    meta.Set("configuration", Must(base::ParseJson(configuration)));
    PutCommit(1, format("{{\"protocol\":{}}}\n{}\n", protocol,
                        Json::Object({{"metaData", meta}}).ToString()));
    auto read = *table.Load();
    DeltaChange change{.adds = Write(table, "select unnest([1, null])::bigint as id"),
                       .removes = {read.files[0].path}};
    auto committed = table.Commit(read, change);
    ASSERT_FALSE(committed.ok()) << cause;
    EXPECT_EQ(committed.error().kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(committed.error().message(), HasSubstr(cause));
  }
}

TEST_F(DeltaSchemaTest, OptimizingAnAppendOnlyTableIsNoRemoval) {
  DeltaTable table(root_, {{"id", Type::kInt64}});
  Append(table, "select 1::bigint as id");
  auto meta = ActionIn(0, "metaData");
  meta.Set("configuration", Json::Object({{"delta.appendOnly", "true"}}));
  PutCommit(1, Json::Object({{"metaData", meta}}).ToString() + "\n");
  auto read = *table.Load();
  DeltaChange change{.adds = Write(table, "select 1::bigint as id"),
                     .removes = {read.files[0].path},
                     .data_change = false};
  EXPECT_TRUE(table.Commit(read, change).ok());
}

}  // namespace
}  // namespace codman::engine
