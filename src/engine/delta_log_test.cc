#include "engine/delta_fixture_internal.h"
#include "engine/delta_log_internal.h"

// Expected values: PROTOCOL.md of delta-io/delta: examples of its sections "Change Metadata", "Add
// File and Remove File", "Transaction Identifiers", "Protocol Evolution"; RFC 3986 for paths.
namespace codman::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class DeltaLogTest : public DeltaFixture {};

TEST_F(DeltaLogTest, ReadsTheExamplesOfTheProtocol) {
  // "add" and "remove" of the section "Add File and Remove File", "txn" of "Transaction
  // Identifiers" and so on; each on one line, and the stats, which the text cuts short, completed.
  auto text = Must(base::ReadFile(std::string(CODMAN_SOURCE_DIR) +
                                  "/tests/corpus/delta_log/protocol_examples.json"));
  auto commit = ParseCommit("log", "\n" + text + "\n", 3);
  ASSERT_TRUE(commit.ok()) << commit.error().ToString();
  EXPECT_EQ(commit->version, 3);
  ASSERT_EQ(commit->adds.size(), 1u);
  EXPECT_EQ(commit->adds[0].path, "date=2017-12-10/part-000...c000.gz.parquet");
  EXPECT_EQ(commit->adds[0].size_bytes, 841454);
  EXPECT_EQ(commit->adds[0].modified_ms, 1512909768000);
  EXPECT_EQ(commit->adds[0].rows, 1);
  EXPECT_TRUE(commit->adds[0].data_change);
  EXPECT_THAT(commit->adds[0].partition, ElementsAre(Pair("date", "2017-12-10")));
  ASSERT_EQ(commit->removes.size(), 1u);
  EXPECT_EQ(commit->removes[0].deleted_ms, 1515488792485);
  EXPECT_THAT(commit->txns, ElementsAre(Pair("3ba13872-2d47-4e17-86a0-21afd2a22395", 364475)));
  EXPECT_EQ(commit->meta_data["id"].AsString(), "af23c9d7-fff1-4a5a-a2c8-55c59bd782aa");
  EXPECT_EQ(commit->info["userId"].AsString(), "100121");
}

// The members that the protocol requires of each action.
TEST_F(DeltaLogTest, WritesTheActionsOfTheProtocol) {
  columns::Schema schema = {{"id", columns::Type::kInt64},
                            {"flag", columns::Type::kBool},
                            {"ward", columns::Type::kString}};
  DeltaTable table(root_, schema, {"ward"});
  PartitionValues ward = {{"ward", "first floor"}};
  std::string select = "select 1::bigint as id, true as flag";
  Must(table.Commit(*table.Load(), {.adds = Write(table, select, ward), .txns = {{"app", 7}}}));
  auto read = *table.Load();
  Must(table.Commit(read, {.operation = "DELETE", .removes = {read.files[0].path}}));
  EXPECT_EQ(ActionIn(0, "protocol").ToString(), R"({"minReaderVersion":1,"minWriterVersion":2})");
  Json meta = ActionIn(0, "metaData");
  EXPECT_THAT(meta["id"].AsString(), testing::MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(meta["format"].ToString(), R"({"provider":"parquet","options":{}})");
  EXPECT_EQ(meta["partitionColumns"].ToString(), R"(["ward"])");
  EXPECT_EQ(meta["configuration"].ToString(), "{}");
  // "Schema Serialization Format".
  EXPECT_EQ(
      meta["schemaString"].AsString(),
      R"({"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},)"
      R"({"name":"flag","type":"boolean","nullable":true,"metadata":{}},)"
      R"({"name":"ward","type":"string","nullable":true,"metadata":{}}]})");
  Json add = ActionIn(0, "add");
  // The folder is "ward=first%20floor"; the path in the log is a URI, so '%' is encoded again.
  EXPECT_THAT(add["path"].AsString(), testing::StartsWith("ward=first%2520floor/part-"));
  EXPECT_EQ(add["partitionValues"].ToString(), R"({"ward":"first floor"})");
  EXPECT_EQ(add["dataChange"].ToString(), "true");
  EXPECT_EQ(add["size"].AsInt(), Must(base::FileSize(root_ + "/" + read.files[0].path)));
  EXPECT_NEAR(add["modificationTime"].AsDouble(), double(base::NowUs()) / 1000, 60'000);
  EXPECT_EQ(Must(base::ParseJson(add["stats"].AsString()))["numRecords"].AsInt(), 1);
  EXPECT_EQ(ActionIn(0, "txn").ToString(), R"({"appId":"app","version":7})");
  Json remove = ActionIn(1, "remove");
  EXPECT_EQ(remove["path"].AsString(), add["path"].AsString());
  EXPECT_EQ(remove["partitionValues"].ToString(), add["partitionValues"].ToString());
  EXPECT_TRUE(remove["extendedFileMetadata"].AsBool());
  EXPECT_NEAR(remove["deletionTimestamp"].AsDouble(), double(base::NowUs()) / 1000, 60'000);
  EXPECT_EQ(ActionIn(1, "commitInfo")["operation"].AsString(), "DELETE");
}

TEST_F(DeltaLogTest, RefusesByName) {
  struct Case {
    const char* line;
    const char* cause;
  };
  for (auto [line, cause] :
       {Case{R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
             R"("readerFeatures":["deletionVectors"]}})",
             "deletionVectors"},
        {R"({"add":{"path":"a","deletionVector":{"storageType":"u"}}})", "deletion vectors"},
        {R"({"add":{"path":"../../etc/passwd","size":1}})", "leads out of the table"},
        {R"({"add":{"path":"a%2F..%2F..%2Fb","size":1}})", "leads out of the table"},
        {R"({"add":{"path":"/etc/passwd","size":1}})", "outside the table"},
        {R"({"add":{"path":"s3://bucket/x.parquet","size":1}})", "outside the table"},
        {R"({"remove":{"path":"../x"}})", "leads out of the table"},
        {R"({"add":{"size":1}})", "names no file"},
        {R"({"add":{"path":"a","size":1e300}})", "not a whole number"},
        {R"({"add":{"path":"a","size":"1"}})", "not a whole number"},
        {R"({"txn":{"appId":"a","version":-1e99}})", "not a whole number"},
        {R"([1])", "not a JSON object"},
        {R"({"add":)", "while reading log"}}) {
    auto commit = ParseCommit("log", line, 0);
    ASSERT_FALSE(commit.ok()) << line;
    EXPECT_THAT(commit.error().ToString(), HasSubstr(cause)) << line;
    EXPECT_THAT(commit.error().ToString(), HasSubstr("reading log")) << line;
  }
  EXPECT_TRUE(ParseCommit("log", "\n\n{\"unknown\":{\"a\":1}}\r\n", 0).ok());
}

TEST_F(DeltaLogTest, PathsGoThereAndBack) {
  for (const std::string& path :
       std::vector<std::string>{"a b", "a%20b", "a=b/c d", "Köln", "a+b", "a#b?c", "~a_b-c.d", "%",
                                "%zz", "a%2", "\x01\x7F"}) {
    EXPECT_EQ(DecodePath(EncodePath(path)), path);
  }
  EXPECT_EQ(EncodePath("a b/%20"), "a%20b/%2520");
  EXPECT_EQ(DecodePath("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(DecodePath("100%"), "100%");
  EXPECT_EQ(PartitionFolder({{"a", "x/../y"}, {"b", "1=2"}, {"c", ""}}),
            "a=x%2F..%2Fy/b=1%3D2/c=__HIVE_DEFAULT_PARTITION__/");
}

}  // namespace
}  // namespace codman::engine
