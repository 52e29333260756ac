#include "engine/delta_fixture_internal.h"

// Which concurrent commits a change may stand beside. Expected values: the rules of Delta Lake's
// "Concurrency control" (documentation of delta-io, "Conflict exceptions"): ConcurrentAppend,
// ConcurrentDeleteRead, ConcurrentDeleteDelete, MetadataChanged, ConcurrentTransaction,
// ProtocolChanged; blind appends conflict with nothing but metadata and transactions.
namespace codman::engine {
namespace {

using columns::Type;
using testing::HasSubstr;

enum class Other { kAppendA, kAppendB, kRemoveFirst, kRemoveSecond, kOptimizeFirst, kTxn, kEvolve };
enum class Ours {
  kAppend,
  kAppendWithTxn,
  kRemoveFirst,
  kRemoveFirstReadingB,
  kRemoveFirstOnly,
  kOptimizeFirst,
  kReadTableAndAppend,
  kReadWardBAndAppend,
  kOverwrite,
};

class DeltaCommitTest : public DeltaFixture {
 protected:
  DeltaChange Theirs(Other other, const DeltaTable& table, const DeltaSnapshot& read);
  DeltaChange OursOf(Ours ours, const DeltaTable& table, const DeltaSnapshot& read);

  columns::Schema schema_ = [] {
    columns::Schema schema = kDeltaSchema;
    schema.push_back({"ward", Type::kString});
    return schema;
  }();
};

struct ConflictCase {
  Ours ours;
  Other other;
  const char* conflict;  // nullptr: both stand
};

constexpr ConflictCase kCases[] = {
    {Ours::kAppend, Other::kAppendA, nullptr},
    {Ours::kAppend, Other::kRemoveFirst, nullptr},
    {Ours::kAppend, Other::kOptimizeFirst, nullptr},
    {Ours::kAppend, Other::kTxn, nullptr},
    {Ours::kAppend, Other::kEvolve, "schema changed"},
    {Ours::kAppendWithTxn, Other::kTxn, "'app' moved on"},
    {Ours::kAppendWithTxn, Other::kAppendA, nullptr},
    {Ours::kRemoveFirst, Other::kAppendA, "did not see"},
    {Ours::kRemoveFirst, Other::kAppendB, "did not see"},
    {Ours::kRemoveFirst, Other::kRemoveFirst, "was removed"},
    {Ours::kRemoveFirst, Other::kRemoveSecond, "has read"},
    {Ours::kRemoveFirst, Other::kOptimizeFirst, "was removed"},
    {Ours::kRemoveFirst, Other::kEvolve, "schema changed"},
    {Ours::kRemoveFirstReadingB, Other::kAppendA, nullptr},
    {Ours::kRemoveFirstReadingB, Other::kAppendB, "did not see"},
    {Ours::kRemoveFirstReadingB, Other::kRemoveSecond, "has read"},
    {Ours::kRemoveFirstReadingB, Other::kRemoveFirst, "was removed"},
    {Ours::kRemoveFirstOnly, Other::kAppendA, nullptr},
    {Ours::kRemoveFirstOnly, Other::kRemoveSecond, nullptr},
    {Ours::kRemoveFirstOnly, Other::kRemoveFirst, "was removed"},
    {Ours::kOptimizeFirst, Other::kAppendA, nullptr},
    {Ours::kOptimizeFirst, Other::kRemoveFirst, "was removed"},
    {Ours::kOptimizeFirst, Other::kOptimizeFirst, "was removed"},
    {Ours::kOptimizeFirst, Other::kEvolve, "schema changed"},
    {Ours::kReadTableAndAppend, Other::kAppendA, "did not see"},
    {Ours::kReadTableAndAppend, Other::kRemoveFirst, "has read"},
    {Ours::kReadTableAndAppend, Other::kOptimizeFirst, nullptr},
    {Ours::kReadTableAndAppend, Other::kTxn, nullptr},
    {Ours::kReadWardBAndAppend, Other::kAppendA, nullptr},
    {Ours::kReadWardBAndAppend, Other::kAppendB, "did not see"},
    {Ours::kReadWardBAndAppend, Other::kRemoveFirst, nullptr},
    {Ours::kReadWardBAndAppend, Other::kRemoveSecond, "has read"},
    {Ours::kOverwrite, Other::kAppendA, "did not see"},
    {Ours::kOverwrite, Other::kTxn, nullptr},
    {Ours::kOverwrite, Other::kOptimizeFirst, "was removed"},
};

const PartitionValues kWardA = {{"ward", "a"}}, kWardB = {{"ward", "b"}};

DeltaChange DeltaCommitTest::Theirs(Other other, const DeltaTable& table,
                                    const DeltaSnapshot& read) {
  switch (other) {
    case Other::kAppendA:
      return {.adds = Write(table, Rows(9, 9), kWardA)};
    case Other::kAppendB:
      return {.adds = Write(table, Rows(9, 9), kWardB)};
    case Other::kRemoveFirst:
      return {.removes = {read.files[0].path}};
    case Other::kRemoveSecond:
      return {.removes = {read.files[1].path}};
    case Other::kOptimizeFirst:
      return {.adds = Write(table, Rows(1, 2), kWardA),
              .removes = {read.files[0].path},
              .scope = ReadScope::kRemovedOnly,
              .data_change = false};
    default:
      return {.txns = {{"app", 7}}};
  }
}

DeltaChange DeltaCommitTest::OursOf(Ours ours, const DeltaTable& table, const DeltaSnapshot& read) {
  std::string first = read.files[0].path, second = read.files[1].path;
  auto adds = Write(table, Rows(5, 5), kWardA);
  switch (ours) {
    case Ours::kAppend:
      return {.adds = adds};
    case Ours::kAppendWithTxn:
      return {.adds = adds, .txns = {{"app", 8}}};
    case Ours::kRemoveFirst:
      return {.removes = {first}};
    case Ours::kRemoveFirstReadingB:
      return {.removes = {first}, .read_partition = kWardB};
    case Ours::kRemoveFirstOnly:
      return {.removes = {first}, .scope = ReadScope::kRemovedOnly};
    case Ours::kOptimizeFirst:
      return Theirs(Other::kOptimizeFirst, table, read);
    case Ours::kReadTableAndAppend:
      return {.adds = adds, .scope = ReadScope::kTable};
    case Ours::kReadWardBAndAppend:
      return {.adds = adds, .scope = ReadScope::kTable, .read_partition = kWardB};
    default:
      return {.adds = adds, .removes = {first, second}, .replaces_schema = true};
  }
}

TEST_F(DeltaCommitTest, ConflictsByTheRulesOfDelta) {
  columns::Schema evolved = schema_;
  evolved.push_back({"note", Type::kString});
  for (const auto& [ours, other, conflict] : kCases) {
    SCOPED_TRACE(format("ours {} other {}", int(ours), int(other)));
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    DeltaTable table(root_, schema_, {"ward"});
    Append(table, Rows(1, 2), kWardA);
    Append(table, Rows(3, 4), kWardB);
    auto read = Must(table.Load());
    auto theirs = Theirs(other, table, read);
    DeltaTable their_table(root_, other == Other::kEvolve ? evolved : schema_, {"ward"});
    ASSERT_EQ(Must(their_table.Commit(read, theirs)), 2);

    auto change = OursOf(ours, table, read);
    auto committed = table.Commit(read, change);
    if (conflict == nullptr) {
      ASSERT_TRUE(committed.ok()) << committed.error().ToString();
      EXPECT_EQ(*committed, 3);
      EXPECT_EQ(table.Load()->files.size(), read.files.size() + theirs.adds.size() +
                                                change.adds.size() - theirs.removes.size() -
                                                change.removes.size());
    } else {
      ASSERT_FALSE(committed.ok());
      EXPECT_EQ(committed.error().kind(), ErrorKind::kConflict);
      EXPECT_THAT(committed.error().message(), HasSubstr(conflict));
      EXPECT_EQ(table.Load()->version, 2) << "nothing was put";
    }
  }
}

TEST_F(DeltaCommitTest, AProtocolChangeIsAConflict) {
  DeltaTable table(root_, kDeltaSchema);
  Append(table, Rows(1, 1));
  auto read = Must(table.Load());
  ASSERT_TRUE(base::WriteFileAtomically(
                  LogName(1), "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":4}}\n")
                  .ok());
  EXPECT_EQ(table.Commit(read, {.txns = {{"a", 1}}}).error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(table.Commit(Must(table.Load()), {.txns = {{"a", 1}}}).error().kind(),
            ErrorKind::kInvalidInput);
}

TEST_F(DeltaCommitTest, TwoCreatorsMakeOneTable) {
  DeltaTable table(root_, kDeltaSchema), other(root_, {{"id", Type::kDouble}});
  auto nothing = Must(table.Load());
  EXPECT_EQ(Must(table.Commit(nothing, {.adds = Write(table, Rows(1, 1))})), 0);
  EXPECT_EQ(Must(table.Commit(nothing, {.adds = Write(table, Rows(2, 2))})), 1);
  EXPECT_EQ(Ids(table), "1,2");
  EXPECT_EQ(other.Commit(nothing, {.txns = {{"a", 1}}}).error().kind(), ErrorKind::kConflict)
      << "the table was created with another schema";
  EXPECT_FALSE(DeltaTable(root_ + "/none", {}).Commit({}, {}).ok()) << "no schema, no table";
}

TEST_F(DeltaCommitTest, ReplacingTheSchemaKeepsTheTable) {
  DeltaTable table(root_, kDeltaSchema);
  Append(table, Rows(1, 2));
  auto read = Must(table.Load());
  DeltaTable next(root_, {{"other", Type::kString}});
  DeltaChange change{.adds = Write(next, "select 'x' as other"),
                     .removes = {read.files[0].path},
                     .replaces_schema = true};
  ASSERT_EQ(Must(next.Commit(read, change)), 1);
  auto now = Must(next.Load());
  EXPECT_EQ(now.schema, (columns::Schema{{"other", Type::kString}}));
  EXPECT_EQ(now.table_id, read.table_id);
  ExpectDuckDbReadsTheSame(next);
  EXPECT_EQ(Ids(table, Must(table.Load(0))), "1,2");
}

TEST_F(DeltaCommitTest, OneCommitCanBeReadAlone) {
  DeltaTable table(root_, kDeltaSchema);
  Append(table, Rows(1, 2));
  auto read = Must(table.Load());
  Must(table.Commit(read, {.adds = Write(table, Rows(1, 2)),
                           .removes = {read.files[0].path},
                           .scope = ReadScope::kRemovedOnly,
                           .data_change = false}));
  auto first = Must(table.ReadCommit(0)), second = Must(table.ReadCommit(1));
  ASSERT_EQ(first.adds.size(), 1u);
  EXPECT_TRUE(first.adds[0].data_change);
  ASSERT_EQ(second.adds.size(), 1u);
  EXPECT_FALSE(second.adds[0].data_change) << "a reader of new rows passes it over";
  EXPECT_FALSE(second.removes.at(0).data_change);
  EXPECT_EQ(table.ReadCommit(2).error().kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace codman::engine
