#include <gtest/gtest.h>

#include <string>

#include "net/http_head_internal.h"

namespace codman::net {
namespace {

using std::string_literals::operator""s;

int StatusOf(const std::string& head) {
  HttpRequest request;
  HttpFraming framing;
  return ParseHead(head, &request, &framing);
}

TEST(HttpHead, SplitsRequestLineAndFields) {
  HttpRequest request;
  HttpFraming framing;
  const std::string head =
      "POST /api/v1/predict?explain=1&x=%20 HTTP/1.1\r\nHost: h:1\r\nX-A:  two words \t\r\n"
      "x-a: second\r\nContent-Length: 12\r\n";
  ASSERT_EQ(ParseHead(head, &request, &framing), 0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/api/v1/predict");
  EXPECT_EQ(request.query, "explain=1&x=%20");
  EXPECT_EQ(request.headers.size(), 4u);
  EXPECT_EQ(request.Header("X-a"), "two words");
  EXPECT_EQ(request.Header("absent"), "");
  EXPECT_EQ(framing.content_length, 12);
  EXPECT_TRUE(framing.keep_alive);
}

TEST(HttpHead, AbsoluteTargetLosesItsAuthority) {
  HttpRequest request;
  HttpFraming framing;
  ASSERT_EQ(ParseHead("GET http://h:80/a?b HTTP/1.1\r\nHost: h\r\n", &request, &framing), 0);
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b");
}

TEST(HttpHead, KeepAliveFollowsVersionAndConnection) {
  const auto keeps = [](const std::string& head) {
    HttpRequest request;
    HttpFraming framing;
    EXPECT_EQ(ParseHead(head, &request, &framing), 0) << head;
    return framing.keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"));
}

// RFC 9112 sections 2.2, 3, 3.2, 5, 5.1, 6.1, 6.3, and RFC 9110 sections 5.5, 7.2, 8.6, 10.1.1.
TEST(HttpHead, RefusesWhatTheGrammarForbids) {
  const std::string host = "Host: h\r\n";
  const std::string get = "GET / HTTP/1.1\r\n";
  const struct {
    std::string head;
    int status;
  } kCases[] = {
      {"GET  / HTTP/1.1\r\n" + host, 400},
      {" GET / HTTP/1.1\r\n" + host, 400},
      {"GET /\r\n" + host, 400},
      {"GET\r\n" + host, 400},
      {"\r\n", 400},
      {"GET / HTTP/1.1 \r\n" + host, 400},
      {"GET /a b HTTP/1.1\r\n" + host, 400},
      {"GET /\t HTTP/1.1\r\n" + host, 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\n" + host, 400},
      {"GET /#f HTTP/1.1\r\n" + host, 400},
      {"GET a HTTP/1.1\r\n" + host, 400},
      {"GET * HTTP/1.1\r\n" + host, 400},
      {"GET http:///a HTTP/1.1\r\n" + host, 400},
      {"GET / http/1.1\r\n" + host, 400},
      {"GET / HTTP/1.2\r\n" + host, 400},
      {"GET / HTTP/11\r\n" + host, 400},
      {"PRI * HTTP/2.0\r\n", 400},
      {"G\x01T / HTTP/1.1\r\n" + host, 400},
      {"BREW /pot HTTP/1.1\r\n" + host, 501},
      {"CONNECT h:443 HTTP/1.1\r\n" + host, 501},
      {"get / HTTP/1.1\r\n" + host, 501},
      {get, 400},
      {get + host + host, 400},
      {get + "Host: a b\r\n", 400},
      {get + "Host: a/b\r\n", 400},
      {get + host + "A : b\r\n", 400},
      {get + host + "A\r\n", 400},
      {get + host + ": b\r\n", 400},
      {get + host + "A: b\r\n folded\r\n", 400},
      {get + host + "\tA: b\r\n", 400},
      {get + host + "A(: b\r\n", 400},
      {get + host + "A: b\0c\r\n"s, 400},
      {get + host + "A: b\rc\r\n", 400},
      {get + host + "A: b\x7f\r\n", 400},
      {get + host + "A: b\x01\r\n", 400},
      {get + host + "Content-Length: 1\r\nContent-Length: 2\r\n", 400},
      {get + host + "Content-Length: 1, 1\r\n", 400},
      {get + host + "Content-Length: -1\r\n", 400},
      {get + host + "Content-Length: +1\r\n", 400},
      {get + host + "Content-Length: 0x1\r\n", 400},
      {get + host + "Content-Length: 1 1\r\n", 400},
      {get + host + "Content-Length:\r\n", 400},
      {get + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + host + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400},
      {get + host + "Transfer-Encoding: gzip, chunked\r\n", 400},
      {get + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + host + "Transfer-Encoding: identity\r\n", 400},
      {get + host + "Transfer-Encoding: xchunked\r\n", 400},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + host + "Expect: 200-ok\r\n", 417},
      {get + host + "Expect: 200-ok\r\nA\r\n", 400},
  };
  for (const auto& test : kCases) EXPECT_EQ(StatusOf(test.head), test.status) << test.head;
}

TEST(HttpHead, AcceptsWhatTheGrammarAllows) {
  const std::string host = "Host: h\r\n";
  for (const std::string& head : {
           "GET / HTTP/1.1\r\nHost:\r\n"s,
           "GET / HTTP/1.1\r\nhOST:[::1]:80\r\n"s,
           "OPTIONS * HTTP/1.1\r\n" + host,
           "GET / HTTP/1.1\r\n" + host + "A:\r\n",
           "GET / HTTP/1.1\r\n" + host + "A: \xc3\xa9\r\n",
           "GET / HTTP/1.1\r\n" + host + "!#$%&'*+-.^_`|~0aZ: v\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 3\r\n",
           "GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: CHUNKED\r\n",
           "GET / HTTP/1.0\r\n"s,
       }) {
    EXPECT_EQ(StatusOf(head), 0) << head;
  }
}

TEST(HttpHead, RefusesTooManyFields) {
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (size_t i = 1; i < kMaxHeaderFields; ++i) head += "a: b\r\n";
  EXPECT_EQ(StatusOf(head), 0);
  EXPECT_EQ(StatusOf(head + "a: b\r\n"), 431);
}

TEST(HttpHead, ContentLengthBeyond64BitIsTooLongNotMalformed) {
  HttpRequest request;
  HttpFraming framing;
  const std::string head =
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n";
  EXPECT_EQ(ParseHead(head, &request, &framing), 0);
  EXPECT_EQ(framing.content_length, INT64_MAX);
}

}  // namespace
}  // namespace codman::net
