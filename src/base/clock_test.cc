#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/text.h"

// Expected seconds: GNU `date -u -d TEXT +%s`.
namespace codman::base {
namespace {

struct TimeCase {
  const char* text;
  int64_t time_us;
};

TEST(Clock, ParsesIso8601) {
  for (auto [text, time_us] : {TimeCase{"1970-01-01T00:00:00Z", 0},
                               {"2000-01-01T00:00Z", 946684800000000},
                               {"2026-11-21T07:00:00Z", 1795244400000000},
                               {"2026-11-21 07:00:00z", 1795244400000000},
                               {"2026-11-21T08:00:00+01:00", 1795244400000000},
                               {"2026-11-21T01:30:00-0530", 1795244400000000},
                               {"2026-11-21T08:00:00+01", 1795244400000000},
                               {"2024-02-29T12:00:00Z", 1709208000000000},
                               {"1969-12-31T23:59:59Z", -1000000},
                               {"1900-03-01T00:00:00Z", -2203891200000000},
                               {"1969-12-31T23:59:59.999999Z", -1},
                               {"2000-01-01T00:00:00.5Z", 946684800500000},
                               {"2000-01-01T00:00:00.1234567Z", 946684800123456}}) {
    EXPECT_EQ(ParseTime(text), time_us) << text;
  }
}

TEST(Clock, RefusesTimesThatDoNotExistOrSayNoZone) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-21T07:00:00",
                           "2026-11-21",
                           "2026-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00Zx",
                           "2026-1-1T00:00:00Z",
                           "26-01-01T00:00:00Z",
                           "2026-01-01T00:00:00+99:00",
                           "2026-01-01T00:00:00+01:60",
                           "2026-01-01T00:00:00+1",
                           "2026-01-01T00:00:00+01:",
                           "2026/01/01T00:00:00Z",
                           " 2026-01-01T00:00:00Z",
                           "2026-01-01T0:00Z",
                           "-2026-01-01T00:00:00Z"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(Clock, UsesTheDeclaredZoneOnlyWhereNoneIsGiven) {
  EXPECT_EQ(ParseTime("2026-11-21T08:00:00", 60), 1795244400000000);
  EXPECT_EQ(ParseTime("2026-11-21T07:00:00Z", 60), 1795244400000000);
  EXPECT_EQ(ParseTime("2026-11-21 02:00", -300), 1795244400000000);
}

TEST(Clock, FormatsTimes) {
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTime(1795244400000000), "2026-11-21T07:00:00Z");
  EXPECT_EQ(FormatTime(1795244400000001), "2026-11-21T07:00:00.000001Z");
  for (int64_t time_us : {-62135596800000000, -1000001L, 1709208000000000, 253402300799999999}) {
    EXPECT_EQ(ParseTime(FormatTime(time_us)), time_us);
  }
}

TEST(Clock, ParsesAndFormatsDurations) {
  EXPECT_EQ(ParseDuration("6h"), 6 * kHourUs);
  EXPECT_EQ(ParseDuration("30m"), 30 * kMinuteUs);
  EXPECT_EQ(ParseDuration("7d"), 7 * kDayUs);
  EXPECT_EQ(ParseDuration("0s"), 0);
  for (const char* text :
       {"", "h", "6", "6 h", "-1h", "1.5h", "6H", "1w", "99999999999999999999s"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
  for (const char* text : {"6h", "24h", "30m", "45s", "7d", "90m", "0s"}) {
    EXPECT_EQ(FormatDuration(*ParseDuration(text)), text);
  }
}

TEST(Clock, MonotonicNeverGoesBack) {
  int64_t before = MonotonicUs();
  for (int i = 0; i < 1000; ++i) {
    int64_t now = MonotonicUs();
    ASSERT_GE(now, before);
    before = now;
  }
}

}  // namespace
}  // namespace codman::base
