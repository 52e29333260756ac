// Expected rows are by hand from the records that each test writes down.
#include "lakehouse/unmapped_codes.h"

#include <gmock/gmock.h>

#include "lakehouse/lake_testing.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;

class Unmapped : public testing::Test {
 protected:
  void Take(const std::string& code, const std::vector<int>& values, const std::string& unit) {
    std::vector<std::string> records;
    for (int value : values)
      records.push_back(Record(format("{}-{}", code, value), code, std::to_string(value),
                               "08:00:00", "08:01:00", "final", unit));
    test.TakeRecords("patient-vitals", records);
  }
  std::vector<Json> Codes(int limit = 200) {
    test.BuildSilver();
    return Must(UnmappedCodes(test.lake, test.engine.get(), test.concepts, limit)).items();
  }
  TestLake test;
};

TEST_F(Unmapped, CodesThatNoConceptClaimsWithTheirQuantiles) {
  Take("8867-4", {80}, "/min");  // heart rate: mapped
  Take("X-1", {10}, "furlong");
  Take("X-2", {1, 2, 3, 4, 5}, "furlong");
  auto codes = Codes();
  ASSERT_EQ(codes.size(), 2u);
  EXPECT_EQ(codes[0]["code"].AsString(), "LOINC//X-2");
  EXPECT_EQ(codes[0]["source"].AsString(), "synthetic");
  EXPECT_EQ(codes[0]["unit"].AsString(), "furlong");
  EXPECT_EQ(codes[0]["count"].AsInt(), 5);
  EXPECT_EQ(codes[0]["subjects"].AsInt(), 1);
  // Linear interpolation between order statistics: 1 + 4 · 0.05, the third, 1 + 4 · 0.95.
  EXPECT_DOUBLE_EQ(codes[0]["p05"].AsDouble(), 1.2);
  EXPECT_DOUBLE_EQ(codes[0]["median"].AsDouble(), 3);
  EXPECT_DOUBLE_EQ(codes[0]["p95"].AsDouble(), 4.8);
  EXPECT_TRUE(codes[0]["suggested"].is_null());
  EXPECT_EQ(codes[1]["code"].AsString(), "LOINC//X-1");
  EXPECT_EQ(Codes(1).size(), 1u);
}

TEST_F(Unmapped, SuggestsByWordsUnitAndRange) {
  Take("local heart rate", {70, 80, 90}, "/min");
  auto codes = Codes();
  ASSERT_EQ(codes.size(), 1u);
  EXPECT_EQ(codes[0]["suggested"].AsString(), "heart_rate");
  EXPECT_EQ(codes[0]["because"].AsString(), "shares 100 % of its words, unit and range agree");
}

TEST_F(Unmapped, SuggestsNothingWhereUnitOrRangeDisagree) {
  Take("local heart rate", {70, 80, 90}, "furlong");
  Take("other heart rate", {7000, 8000, 9000}, "/min");
  Take("wavelength", {70}, "/min");
  for (const auto& code : Codes()) EXPECT_TRUE(code["suggested"].is_null()) << code.ToString();
}

TEST_F(Unmapped, AMappedCodeLeavesTheList) { EXPECT_THAT(Codes(), ElementsAre()); }

}  // namespace
}  // namespace codman::lakehouse
