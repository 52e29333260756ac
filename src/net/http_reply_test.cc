#include <gtest/gtest.h>

#include "base/json.h"
#include "net/http_reply_internal.h"

namespace codman::net {
namespace {

std::string Reply(const HttpResponse& response, const ReplyFrame& frame = {}) {
  std::string out;
  AppendReply(response, frame, "D", &out);
  return out;
}

TEST(HttpReply, WritesHeadAndBody) {
  EXPECT_EQ(Reply({.body = "{}", .headers = {{"X-A", "b"}}}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "X-A: b\r\n\r\n{}");
}

TEST(HttpReply, HeadKeepsTheLengthOfTheBodyItDoesNotSend) {
  EXPECT_EQ(Reply({.status = 404, .content_type = "", .body = "abc"},
                  {.without_body = true, .close = true}),
            "HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
}

TEST(HttpReply, NoContentHasNeitherBodyNorLength) {
  EXPECT_EQ(Reply({.status = 204, .body = "ignored"}),
            "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n");
}

TEST(HttpReply, InjectedAndFramingFieldsAreLeftOut) {
  const std::string reply = Reply({.headers = {{"A", "b\r\nEvil: 1"},
                                               {"Content-length", "9"},
                                               {"Transfer-Encoding", "chunked"},
                                               {"C", "d"}}});
  EXPECT_EQ(reply,
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
            "C: d\r\n\r\n");
}

TEST(HttpReply, ImpossibleStatusBecomes500) {
  EXPECT_EQ(Reply({.status = 100}).substr(0, 12), "HTTP/1.1 500");
  EXPECT_EQ(Reply({.status = 0}).substr(0, 12), "HTTP/1.1 500");
  EXPECT_EQ(Reply({.status = 599}).substr(0, 20), "HTTP/1.1 599 Unknown");
}

TEST(HttpReply, RefusalsAreProblemsThatParse) {
  for (int status : {400, 408, 413, 414, 417, 431, 500, 501, 503}) {
    const HttpResponse refusal = RefusalOf(status);
    const auto problem = base::ParseJson(refusal.body);
    ASSERT_TRUE(problem.ok()) << refusal.body;
    EXPECT_EQ(refusal.content_type, "application/problem+json");
    EXPECT_NE(refusal.body.find(R"("status":)" + std::to_string(status)), std::string::npos);
    EXPECT_EQ(refusal.body.find(R"("detail":"")"), std::string::npos) << status;
  }
}

// The example of RFC 9110 section 5.6.7.
TEST(HttpReply, DateHasTheFixedForm) {
  EXPECT_EQ(FormatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace codman::net
