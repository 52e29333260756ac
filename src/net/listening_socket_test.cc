#include <gtest/gtest.h>

#include "net/listening_socket_internal.h"

namespace codman::net {
namespace {

TEST(ListeningSockets, PortZeroTakesAFreeOneForAll) {
  auto sockets = ListeningSockets::Open("127.0.0.1", 0, 3);
  ASSERT_TRUE(sockets.ok()) << sockets.error().ToString();
  EXPECT_GT(sockets->port(), 0);
}

TEST(ListeningSockets, ATakenPortIsAConflictThatNamesTheCure) {
  auto first = ListeningSockets::Open("127.0.0.1", 0, 2);
  ASSERT_TRUE(first.ok());
  for (int count : {1, 2}) {
    auto second = ListeningSockets::Open("127.0.0.1", first->port(), count);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind(), ErrorKind::kConflict);
    for (const std::string& word :
         {std::string("127.0.0.1"), std::to_string(first->port()), std::string("--port")})
      EXPECT_NE(second.error().message().find(word), std::string::npos) << word;
  }
}

TEST(ListeningSockets, APortIsFreeAgainAfterwards) {
  uint16_t port = 0;
  {
    auto first = ListeningSockets::Open("127.0.0.1", 0, 2);
    ASSERT_TRUE(first.ok());
    port = first->port();
  }
  EXPECT_TRUE(ListeningSockets::Open("127.0.0.1", port, 2).ok());
}

TEST(ListeningSockets, AnAddressThatIsNotNumericIsRefused) {
  auto sockets = ListeningSockets::Open("localhost", 0, 1);
  ASSERT_FALSE(sockets.ok());
  EXPECT_EQ(sockets.error().kind(), ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace codman::net
