#include <gtest/gtest.h>

#include "net/http_retry_internal.h"

// Expected values by hand from the waits that http_client.h documents and RFC 9110 section 9.2.2.
namespace codman::net {
namespace {

TEST(HttpRetry, WaitsTwiceAsLongEachTimeLessAPartByChance) {
  EXPECT_DOUBLE_EQ(WaitSeconds(1, {}, 0, 20), 0.2);
  EXPECT_DOUBLE_EQ(WaitSeconds(2, {}, 0, 20), 0.4);
  EXPECT_DOUBLE_EQ(WaitSeconds(3, {}, 0, 20), 0.8);
  EXPECT_DOUBLE_EQ(WaitSeconds(1, {}, 1, 20), 0.1);
  EXPECT_DOUBLE_EQ(WaitSeconds(3, {}, 0.5, 20), 0.6);
  EXPECT_DOUBLE_EQ(WaitSeconds(8, {}, 0, 20), 20);
  EXPECT_DOUBLE_EQ(WaitSeconds(1'000'000, {}, 0.5, 20), 20);
}

TEST(HttpRetry, WaitsAsLongAsTheServerSaysWithinReason) {
  EXPECT_DOUBLE_EQ(WaitSeconds(1, 3, 0.7, 20), 3);
  EXPECT_DOUBLE_EQ(WaitSeconds(5, 0, 0.7, 20), 0);
  EXPECT_DOUBLE_EQ(WaitSeconds(1, 86400, 0, 20), 20);
  EXPECT_DOUBLE_EQ(WaitSeconds(1, -5, 0, 20), 0);
}

TEST(HttpRetry, KnowsWhatMayBeRepeated) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    EXPECT_TRUE(IsIdempotent(method)) << method;
  for (const char* method : {"POST", "PATCH", "get", ""}) EXPECT_FALSE(IsIdempotent(method));
  for (int status : {429, 502, 503, 504}) EXPECT_TRUE(IsBusyStatus(status));
  for (int status : {200, 301, 400, 404, 408, 500, 501, 505}) EXPECT_FALSE(IsBusyStatus(status));
}

}  // namespace
}  // namespace codman::net
