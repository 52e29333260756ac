#include "ingest/record_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace codman::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// All records of a text that arrives in pieces of `piece` bytes.
std::vector<std::string> Split(bool quoted, std::string_view text, size_t piece) {
  RecordSplitter splitter(quoted);
  std::vector<std::string> records;
  auto sink = [&](std::string_view record) -> Result<> {
    records.emplace_back(record);
    return {};
  };
  for (size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(splitter.Add(text.substr(at, piece), sink).ok());
  EXPECT_TRUE(splitter.Finish(sink).ok());
  return records;
}

TEST(RecordSplitter, GivesTheSameRecordsHoweverTheBytesArrive) {
  const std::string text = "\xEF\xBB\xBFone\r\ntwo\n\n\"th\nree\",3\nlast";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_THAT(Split(true, text, piece), ElementsAre("one", "two", "\"th\nree\",3", "last"));
    EXPECT_THAT(Split(false, text, piece), ElementsAre("one", "two", "\"th", "ree\",3", "last"));
  }
}

TEST(RecordSplitter, AnUnclosedQuoteAtTheEndGivesTheRestAsOneRecord) {
  EXPECT_THAT(Split(true, "a,b\n1,\"x\n2,y\n", 3), ElementsAre("a,b", "1,\"x\n2,y\n"));
}

TEST(RecordSplitter, NothingGivesNothing) {
  EXPECT_THAT(Split(true, "", 1), IsEmpty());
  EXPECT_THAT(Split(false, "\n\r\n\n", 1), IsEmpty());
}

TEST(RecordSplitter, ARecordThatNeverEndsIsRefused) {
  RecordSplitter splitter(true);
  auto ignore = [](std::string_view) -> Result<> { return {}; };
  ASSERT_TRUE(splitter.Add("\"", ignore).ok());
  const std::string line(1 << 20, '\n');
  Result<> state;
  for (int i = 0; i < 17 && state.ok(); ++i) state = splitter.Add(line, ignore);
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().kind(), ErrorKind::kDataQuality);
  EXPECT_THAT(state.error().message(), testing::HasSubstr("are all quotes closed?"));
}

}  // namespace
}  // namespace codman::ingest
