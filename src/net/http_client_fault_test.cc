// The client against servers that misbehave. Expected values: what the script of each server sends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/text.h"
#include "net/http_client.h"
#include "net/http_test_server_internal.h"

namespace codman::net {
namespace {

using testing::HasSubstr;
using testing::Not;
using Peer = ScriptedServer::Peer;

const auto kSilent = [](Peer& peer) { peer.Wait(); };
const auto kHangUp = [](Peer& peer) { peer.Read(); };
const auto kFine = [](Peer& peer) {
  peer.Read();
  peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine");
};

std::unique_ptr<HttpClient> Make(HttpClientOptions options = {}) {
  options.max_wait_seconds = 0.02;
  return HttpClient::Create(options).value();
}

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A port that nobody listens on.
uint16_t ClosedPort() {
  ScriptedServer server({kSilent});
  return server.port();
}

TEST(HttpClientFault, NoServerIsUnavailableAfterSeveralAttempts) {
  const std::string url = format("http://127.0.0.1:{}/path?secret=1", ClosedPort());
  auto response = Make({.retries = 2})->Send({.url = url});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(response.error().ToString(), HasSubstr("GET 127.0.0.1:"));
  EXPECT_THAT(response.error().ToString(), HasSubstr("/path got no whole answer"));
  EXPECT_THAT(response.error().ToString(), HasSubstr("attempt 3"));
  EXPECT_THAT(response.error().ToString(), Not(HasSubstr("secret")));
  auto posted = Make()->Send({.method = "POST", .url = url});
  EXPECT_THAT(posted.error().ToString(), Not(HasSubstr("attempt")));
  auto unknown = Make({.retries = 1})->Send({.url = "http://no-such-host.invalid/"});
  EXPECT_THAT(unknown.error().ToString(), HasSubstr("check the host's name"));
}

TEST(HttpClientFault, ASilentServerEndsWithTheTimeAndIsNotAskedAgain) {
  ScriptedServer server({kSilent});
  const auto begin = std::chrono::steady_clock::now();
  auto response = Make({.total_seconds = 0.3})->Send({.url = server.Url("/slow")});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(response.error().ToString(), HasSubstr("/slow got no whole answer in time"));
  EXPECT_GE(SecondsSince(begin), 0.29);
  EXPECT_LE(SecondsSince(begin), 3);
  EXPECT_EQ(server.num_connections(), 1);
}

TEST(HttpClientFault, ABodyThatDripsEndsWithTheTimeToo) {
  ScriptedServer server({[](Peer& peer) {
    peer.Read();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 100; ++i) {
      peer.Write("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(Make({.total_seconds = 0.3, .retries = 0})->Send({.url = server.Url()}).ok());
  EXPECT_LE(SecondsSince(begin), 0.9);
}

// A port that answers the knock but not the handshake gives no connection.
TEST(HttpClientFault, AHandshakeThatNeverComesEndsWithTheTimeToConnectAndIsTriedAgain) {
  ScriptedServer server({kSilent});
  const auto begin = std::chrono::steady_clock::now();
  auto response = Make({.connect_seconds = 0.2, .retries = 2})
                      ->Send({.url = format("https://127.0.0.1:{}/", server.port())});
  EXPECT_EQ(response.error().kind(), ErrorKind::kUnavailable);
  EXPECT_LE(SecondsSince(begin), 5);
  EXPECT_EQ(server.num_connections(), 3);
}

TEST(HttpClientFault, AConnectionThatBreaksBeforeTheAnswerIsTriedAgainWhereThatIsSafe) {
  {
    ScriptedServer server({kHangUp, kHangUp, kFine});
    auto response = Make()->Send({.url = server.Url()});
    ASSERT_TRUE(response.ok()) << response.error().ToString();
    EXPECT_EQ(response->body, "fine");
    EXPECT_EQ(response->attempts, 3);
  }
  ScriptedServer server({kHangUp, kFine});
  EXPECT_FALSE(Make()->Send({.method = "POST", .url = server.Url(), .body = "x"}).ok());
  EXPECT_EQ(server.requests().size(), 1u);
}

// libcurl by itself sends again on a new connection where a kept one is dead: not so a POST, which
// the server may have carried out before it went.
TEST(HttpClientFault, APostIsNotSentTwiceThoughAKeptConnectionIsDead) {
  const auto answer_once_then_die = [](Peer& peer) {
    peer.Read();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    peer.ReadWithin(300);
  };
  ScriptedServer server({answer_once_then_die, kHangUp});
  auto client = Make();
  ASSERT_TRUE(client->Send({.url = server.Url()}).ok());
  int posts = 0;
  EXPECT_FALSE(client->Send({.method = "POST", .url = server.Url("/post")}).ok());
  for (const std::string& request : server.requests()) posts += request.starts_with("POST") ? 1 : 0;
  EXPECT_EQ(posts, 1);
}

TEST(HttpClientFault, AfterTheSinksFirstPieceAnAttemptIsNotRepeated) {
  ScriptedServer server({[](Peer& peer) {
                           peer.Read();
                           peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
                         },
                         kFine});
  std::string taken;
  const auto sink = [&](std::string_view piece) -> Result<> {
    taken += piece;
    return {};
  };
  EXPECT_FALSE(Make()->Send({.url = server.Url()}, sink).ok()) << "a part must not pass as whole";
  EXPECT_EQ(taken, "part");
  EXPECT_EQ(server.num_connections(), 1);
}

TEST(HttpClientFault, APartOfABodyIsNotAnAnswer) {
  const char* parts[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
      "HTTP/1.1 200 OK\r\nContent-Le",
      "",
  };
  for (const char* part : parts) {
    ScriptedServer server({[&](Peer& peer) {
                             peer.Read();
                             peer.Write(part);
                           },
                           kFine});
    auto once = Make({.retries = 0})->Send({.url = server.Url()});
    ASSERT_FALSE(once.ok()) << part;
    EXPECT_EQ(once.error().kind(), ErrorKind::kUnavailable);
    EXPECT_EQ(Make()->Send({.url = server.Url()})->body, "fine");
  }
}

TEST(HttpClientFault, BoundsHeadAndBodyOfAnAnswer) {
  const auto answer = [](const std::string& bytes) {
    return [bytes](Peer& peer) {
      peer.Read();
      peer.Write(bytes);
      peer.Wait();
    };
  };
  std::string many_fields = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 100; ++i) many_fields += format("A-{}: {}\r\n", i, std::string(100, 'x'));
  const struct {
    std::string bytes;
    const char* error;
  } kCases[] = {
      {many_fields + "\r\n", "a head of more than 8000 bytes"},
      {"HTTP/1.1 200 OK\r\nA: " + std::string(9000, 'x') + "\r\n\r\n", "a head of more than 8000"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x'),
       "more than 1000 bytes"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x'),
       "more than 1000 bytes"},
      {"HTTP/1.1 404 Not Found\r\n\r\n" + std::string(2000, 'x'), "more than 1000 bytes"},
  };
  for (const auto& test : kCases) {
    ScriptedServer server({answer(test.bytes)});
    auto client = Make({.total_seconds = 5, .max_header_bytes = 8000, .max_body_bytes = 1000});
    auto response = client->Send({.url = server.Url("/p")});
    ASSERT_FALSE(response.ok()) << test.error;
    EXPECT_THAT(response.error().ToString(), HasSubstr(test.error));
    EXPECT_EQ(server.num_connections(), 1);
  }
}

TEST(HttpClientFault, InterimAnswersAndTrailersAreNoPartOfTheAnswer) {
  ScriptedServer server({[](Peer& peer) {
    peer.Read();
    peer.Write(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 201 Created\r\nX-One: 1\r\nx-one: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\nX-Trailer: t\r\n\r\n");
  }});
  const ClientResponse response = Make()->Send({.url = server.Url()}).value();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.Header("link"), nullptr);
  EXPECT_EQ(response.Header("x-trailer"), nullptr);
  EXPECT_EQ(*response.Header("X-One"), "1");
}

TEST(HttpClientFault, WhatIsNoHttpIsNoAnswer) {
  for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "hello", "\x15\x03\x01", "HTTP/9.9 x\r\n"}) {
    ScriptedServer server({[&](Peer& peer) {
      peer.Read();
      peer.Write(bytes);
    }});
    auto response = Make({.total_seconds = 2, .retries = 0})->Send({.url = server.Url()});
    EXPECT_FALSE(response.ok()) << bytes;
  }
}

// Whatever goes wrong: no query, header, body of either side in the error.
TEST(HttpClientFault, NoErrorHoldsASecret) {
  const ScriptedServer::Script scripts[] = {
      {kHangUp},
      {kSilent},
      {[](Peer& peer) {
        peer.Read();
        peer.Write("hunter2 is no HTTP hunter2\r\n\r\n");
      }},
      {[](Peer& peer) {
        peer.Read();
        peer.Write("HTTP/1.1 200 OK\r\nSet-Cookie: hunter2\r\nContent-Length: hunter2\r\n\r\n");
      }},
      {[](Peer& peer) {
        peer.Read();
        peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n");
      }},
  };
  for (const auto& script : scripts) {
    for (const char* scheme : {"http", "https"}) {
      ScriptedServer server(script);
      auto client = Make({.connect_seconds = 0.3, .total_seconds = 0.3, .retries = 1});
      auto response = client->Send(
          {.method = "PUT",
           .url = format("{}://127.0.0.1:{}/p?key=hunter2#hunter2", scheme, server.port()),
           .headers = {{"Authorization", "Bearer hunter2"}},
           .body = "hunter2"});
      if (response.ok()) continue;
      EXPECT_THAT(response.error().ToString(), Not(HasSubstr("hunter2")));
      EXPECT_THAT(response.error().ToString(), HasSubstr("PUT 127.0.0.1:"));
    }
  }
}

}  // namespace
}  // namespace codman::net
