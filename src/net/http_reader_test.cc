#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "net/http_reader_internal.h"

namespace codman::net {
namespace {

using State = HttpReader::State;

// What a reader made of some bytes: "METHOD path body" per request, then "refused N" if it refused.
std::vector<std::string> Read(std::string_view bytes, size_t piece, int64_t max_header = 16 << 10,
                              int64_t max_body = 2 << 20) {
  HttpReader reader(max_header, max_body);
  std::vector<std::string> seen;
  while (!bytes.empty()) {
    const std::span<char> space = reader.Space();
    const size_t num_bytes = std::min({piece, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), num_bytes);
    reader.Received(num_bytes);
    bytes.remove_prefix(num_bytes);
    State state;
    while ((state = reader.Advance()) == State::kReady) {
      const HttpRequest& request = reader.request();
      seen.push_back(std::string(request.method) + " " + std::string(request.path) + " " +
                     std::string(request.body));
      reader.Next();
    }
    if (state == State::kFailed) {
      seen.push_back("refused " + std::to_string(reader.refusal()));
      break;
    }
  }
  return seen;
}

const char kFour[] =
    "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
    "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
    "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n01;x=\"y\"\r\n,\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
    "GET /d HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(HttpReader, ReadsTheSameInPiecesOfEverySize) {
  const std::vector<std::string> expected = {"GET /a ", "POST /b hello", "POST /c hello,0123456789",
                                             "GET /d "};
  for (size_t piece = 1; piece <= sizeof kFour; ++piece) EXPECT_EQ(Read(kFour, piece), expected);
}

TEST(HttpReader, LongBodiesSurviveTheBuffersGrowth) {
  std::string body;
  for (int i = 0; i < 300'000; ++i) body += static_cast<char>('a' + i % 23);
  std::string chunked;
  for (size_t begin = 0; begin < body.size(); begin += 777) {
    const std::string part = body.substr(begin, 777);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    chunked += size + part + "\r\n";
  }
  const std::string bytes = "POST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + body +
                            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                            chunked + "0\r\n\r\n" + "GET /after HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::vector<std::string> expected = {"POST /l " + body, "POST /c " + body, "GET /after "};
  for (size_t piece : {1000u, 8191u, 65'536u, 1'000'000u})
    EXPECT_TRUE(Read(bytes, piece) == expected);
}

// RFC 9112 sections 2.2, 7.1 and 7.1.2; limits of this server.
TEST(HttpReader, RefusesBrokenFraming) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const struct {
    std::string bytes;
    int status;
  } kCases[] = {
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
      {"\nGET / HTTP/1.1\r\n", 400},
      {"\r\n\r\n", 400},
      {chunked + "g\r\n", 400},
      {chunked + "\r\n", 400},
      {chunked + "-1\r\n", 400},
      {chunked + "0x5\r\n", 400},
      {chunked + "5 \r\nhello\r\n", 400},
      {chunked + "5\nhello\r\n", 400},
      {chunked + "5\r\nhelloX", 400},
      {chunked + "5\r\nhello\n0\r\n", 400},
      {chunked + "5;a\rb\r\nhello\r\n", 400},
      {chunked + "1111111111111111\r\n", 400},
      {chunked + "5;" + std::string(300, 'x'), 400},
      {chunked + "ffffffff\r\n", 413},
      {chunked + "5\r\nhello\r\n6\r\n", 413},
      {chunked + "0\r\nbad trailer\r\n\r\n", 400},
      {chunked + "0\r\n folded: x\r\n\r\n", 400},
      {chunked + "0\r\na: b\n", 400},
      {chunked + "0\r\na: " + std::string(300, 'x'), 431},
      {chunked + "0\r\n" + std::string(160, 'a') + ":\r\n" + std::string(160, 'a') + ":\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 413},
      {"GET /" + std::string(300, 'a'), 414},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(300, 'a'), 431},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(300, 'a') + "\r\n\r\n", 431},
      // However the bytes come: what is wrong first is what is said.
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(300, 'a') + "\n\r\n", 431},
      {"GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"\x16\x03" + std::string(300, 'a') + "\r\n", 400},
      {"GET /\r\nHost: h\r\nA: " + std::string(300, 'a') + "\r\n\r\n", 400},
  };
  for (const auto& test : kCases) {
    for (size_t piece : {1u, 7u, 10'000u}) {
      const std::vector<std::string> expected = {"refused " + std::to_string(test.status)};
      EXPECT_EQ(Read(test.bytes, piece, 256, 10), expected) << piece << "\n" << test.bytes;
    }
  }
}

TEST(HttpReader, OneEmptyLineBeforeARequestIsForgiven) {
  const std::string request = "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::vector<std::string> expected = {"GET /a ", "GET /a "};
  for (size_t piece : {1u, 1000u}) EXPECT_EQ(Read(request + request, piece), expected);
}

TEST(HttpReader, AsksForContinueOnceAndOnlyWhileTheBodyIsAwaited) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  HttpReader reader(1000, 1000);
  std::memcpy(reader.Space().data(), head.data(), head.size());
  reader.Received(head.size());
  EXPECT_EQ(reader.Advance(), State::kNeedMore);
  EXPECT_TRUE(reader.TakeContinue());
  EXPECT_FALSE(reader.TakeContinue());
  std::memcpy(reader.Space().data(), "ok", 2);
  reader.Received(2);
  EXPECT_EQ(reader.Advance(), State::kReady);
  EXPECT_EQ(reader.request().body, "ok");
}

// A buffer that grew with announced rather than received bytes would let 1,000 idle clients take 2
// GB.
TEST(HttpReader, AnnouncedLengthTakesNoMemory) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n";
  HttpReader reader(16 << 10, 2 << 20);
  std::memcpy(reader.Space().data(), head.data(), head.size());
  reader.Received(head.size());
  EXPECT_EQ(reader.Advance(), State::kNeedMore);
  EXPECT_LT(reader.Space().size(), 64u << 10);
}

TEST(HttpReader, MutatedRequestsNeverBreakIt) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = kFour;
    for (int change = 0; change < 3; ++change) {
      const size_t at = random() % bytes.size();
      const int kind = static_cast<int>(random() % 3);
      if (kind == 0) bytes[at] = static_cast<char>(random());
      if (kind == 1) bytes.erase(at, random() % 20);
      if (kind == 2) bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 20));
    }
    const std::vector<std::string> whole = Read(bytes, bytes.size());
    EXPECT_EQ(Read(bytes, 1 + random() % 40), whole) << bytes;
    EXPECT_LE(whole.size(), 10u);
  }
}

}  // namespace
}  // namespace codman::net
