// What an HttpServer does to clients that are malformed, too large, too slow or too many.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "net/http_server.h"
#include "net/http_test_client_internal.h"

namespace codman::net {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::unique_ptr<HttpServer> StartEcho(HttpServerOptions options) {
  options.port = 0;
  auto server = HttpServer::Start(options, [](const HttpRequest& request, Responder responder) {
    responder.Send({.body = std::string(request.body)});
  });
  EXPECT_TRUE(server.ok());
  return server.ok() ? std::move(*server) : nullptr;
}

TEST(HttpLimits, MalformedRequestsAreRefusedAndTheConnectionEnds) {
  const auto server = StartEcho({.num_threads = 1});
  const struct {
    std::string bytes;
    int status;
  } kCases[] = {
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},  // the start of TLS
      {"SSH-2.0-OpenSSH_9.2\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400},
      {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
  };
  for (const auto& test : kCases) {
    RawClient client(server->port());
    const RawReply reply = client.Ask(test.bytes);
    EXPECT_EQ(reply.status, test.status) << test.bytes;
    EXPECT_EQ(RawClient::Field(reply, "connection"), "close");
    EXPECT_EQ(RawClient::Field(reply, "content-type"), "application/problem+json");
    EXPECT_TRUE(client.SeesEnd(2000)) << test.bytes;
  }
}

TEST(HttpLimits, ARefusalComesAfterTheAnswersBeforeIt) {
  const auto server = StartEcho({.num_threads = 1});
  RawClient client(server->port());
  client.Send(Post("/", "one") + Post("/", "two") + "broken\r\n\r\n" + Post("/", "three"));
  EXPECT_EQ(client.Receive().body, "one");
  EXPECT_EQ(client.Receive().body, "two");
  EXPECT_EQ(client.Receive().status, 400);
  EXPECT_TRUE(client.SeesEnd(2000));
}

TEST(HttpLimits, AClientThatSends3MegabytesCanReadIts413) {
  const auto server = StartEcho({.num_threads = 1});
  const std::string body(3'000'000, 'x');
  {
    RawClient client(server->port());
    ASSERT_TRUE(client.Send(Post("/", body)));  // reads only when all is sent
    EXPECT_EQ(client.Receive().status, 413);
  }
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(client.Send("186A0\r\n" + std::string(100'000, 'x') + "\r\n"));
  }
  EXPECT_EQ(client.Receive().status, 413);
}

TEST(HttpLimits, TheLargestAllowedBodyPasses) {
  const auto server = StartEcho({.num_threads = 1, .max_body_bytes = 2 << 20});
  RawClient client(server->port());
  EXPECT_EQ(client.Ask(Post("/", std::string(2 << 20, 'x'))).body.size(), 2u << 20);
  EXPECT_EQ(client.Ask(Post("/", std::string((2 << 20) + 1, 'x'))).status, 413);
}

TEST(HttpLimits, A70KilobyteHeaderIsRefused) {
  const auto server = StartEcho({.num_threads = 1});
  RawClient client(server->port());
  ASSERT_TRUE(
      client.Send("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n"));
  EXPECT_EQ(client.Receive().status, 431);
  RawClient long_target(server->port());
  ASSERT_TRUE(
      long_target.Send("GET /" + std::string(70'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(long_target.Receive().status, 414);
}

TEST(HttpLimits, SlowHeadersAndBodiesGet408) {
  const auto server = StartEcho({.num_threads = 1, .slow_client_seconds = 1});
  for (const char* start : {"GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n",
                            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"}) {
    RawClient client(server->port());
    const Clock::time_point begin = Clock::now();
    EXPECT_EQ(client.Ask(start).status, 408) << start;
    EXPECT_GE(SecondsSince(begin), 0.9);
    EXPECT_LE(SecondsSince(begin), 3.0);
    EXPECT_TRUE(client.SeesEnd(3000));
  }
}

TEST(HttpLimits, DrippingBytesDoesNotExtendTheTime) {
  const auto server = StartEcho({.num_threads = 1, .slow_client_seconds = 1});
  for (const std::string& start :
       {std::string("GET / HTTP/1.1\r\nA: "),
        std::string("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n")}) {
    RawClient client(server->port());
    client.Send(start);
    RawReply reply;
    for (int i = 0; i < 40 && !reply.whole; ++i) {
      client.Send("a");
      reply = client.Receive(false, 100);
    }
    EXPECT_EQ(reply.status, 408) << start;
  }
}

TEST(HttpLimits, IdleConnectionsAreClosedSilently) {
  const auto server = StartEcho({.num_threads = 1, .idle_seconds = 1});
  RawClient silent(server->port());
  RawClient used(server->port());
  EXPECT_EQ(used.Ask(Post("/", "x")).status, 200);
  EXPECT_TRUE(silent.SeesEnd(3000));
  EXPECT_TRUE(used.SeesEnd(3000));
}

TEST(HttpLimits, ConnectionsOverTheLimitGet503AndRoomReturns) {
  const auto server = StartEcho({.num_threads = 2, .max_connections = 2});
  RawClient first(server->port());
  EXPECT_EQ(first.Ask(Post("/", "x")).status, 200);
  {
    RawClient second(server->port());
    EXPECT_EQ(second.Ask(Post("/", "x")).status, 200);
    for (int i = 0; i < 5; ++i) {
      RawClient third(server->port());
      const RawReply reply = third.Ask(Post("/", "x"));
      EXPECT_EQ(reply.status, 503);
      EXPECT_EQ(RawClient::Field(reply, "retry-after"), "1");
    }
  }
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    RawClient again(server->port());
    status = again.Ask(Post("/", "x")).status;
  }
  EXPECT_EQ(status, 200);
  EXPECT_EQ(first.Ask(Post("/", "x")).status, 200);
}

// Garbage of four kinds; each client ends its side, so each must see an answer or the end soon.
TEST(HttpLimits, RandomGarbageAlwaysEnds) {
  const auto server = StartEcho({.num_threads = 2, .slow_client_seconds = 2});
  std::mt19937 random(11);
  const std::string valid = Post("/a", "body") +
                            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n0\r\n\r\n";
  for (int i = 0; i < 500; ++i) {
    std::string bytes = i % 4 == 0 ? "" : valid;
    if (i % 4 == 0) {
      for (size_t n = random() % 4000; n > 0; --n) bytes += static_cast<char>(random());
    }
    for (int change = 0; change < i % 4 && !bytes.empty(); ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (i % 4 == 3) bytes.resize(random() % bytes.size());
    RawClient client(server->port());
    client.Send(bytes);
    client.EndSending();
    client.SeesEnd(5000);
    EXPECT_TRUE(client.ended()) << i;
    const std::string& rest = client.rest();
    EXPECT_TRUE(rest.empty() || rest.starts_with("HTTP/1.1 ")) << rest;
    EXPECT_EQ(rest.find("HTTP/1.1 500"), std::string::npos);
  }
  RawClient client(server->port());
  EXPECT_EQ(client.Ask(Post("/", "alive")).body, "alive");
}

}  // namespace
}  // namespace codman::net
