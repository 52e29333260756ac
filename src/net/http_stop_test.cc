// How an HttpServer starts and stops.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "net/http_server.h"
#include "net/http_test_client_internal.h"

namespace codman::net {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::unique_ptr<HttpServer> StartWith(HttpHandler handler) {
  auto server = HttpServer::Start({.port = 0, .num_threads = 2}, std::move(handler));
  EXPECT_TRUE(server.ok());
  return server.ok() ? std::move(*server) : nullptr;
}

void AnswerOk(const HttpRequest&, Responder responder) { responder.Send({.body = "ok"}); }

TEST(HttpStop, TwoServersOnPortZeroDoNotMeet) {
  const auto one = StartWith([](const HttpRequest&, Responder r) { r.Send({.body = "one"}); });
  const auto two = StartWith([](const HttpRequest&, Responder r) { r.Send({.body = "two"}); });
  ASSERT_NE(one->port(), two->port());
  for (int i = 0; i < 10; ++i) {
    RawClient to_one(one->port());
    RawClient to_two(two->port());
    EXPECT_EQ(to_one.Ask(Post("/", "")).body, "one");
    EXPECT_EQ(to_two.Ask(Post("/", "")).body, "two");
  }
}

TEST(HttpStop, ConnectionsSpreadOverTheThreads) {
  const auto server = StartWith([](const HttpRequest&, Responder responder) {
    responder.Send({.body = std::to_string(gettid())});
  });
  std::map<std::string, int> connections_of_thread;
  for (int i = 0; i < 200; ++i) {
    RawClient client(server->port());
    ++connections_of_thread[client.Ask(Post("/", "")).body];
  }
  // A fair coin leaves 60 to 140 heads of 200 with a probability of 1 - 1e-8.
  ASSERT_EQ(connections_of_thread.size(), 2u);
  EXPECT_GE(connections_of_thread.begin()->second, 60);
  EXPECT_LE(connections_of_thread.begin()->second, 140);
}

TEST(HttpStop, ATakenPortIsAConflict) {
  const auto one = StartWith(AnswerOk);
  auto two = HttpServer::Start({.port = one->port()}, AnswerOk);
  ASSERT_FALSE(two.ok());
  EXPECT_EQ(two.error().kind(), ErrorKind::kConflict);
}

TEST(HttpStop, ImpossibleOptionsAreRefused) {
  for (const HttpServerOptions& options :
       {HttpServerOptions{.num_threads = -1}, HttpServerOptions{.max_connections = 0},
        HttpServerOptions{.max_header_bytes = 0}, HttpServerOptions{.max_body_bytes = -1},
        HttpServerOptions{.slow_client_seconds = 0}, HttpServerOptions{.idle_seconds = 0}}) {
    auto server = HttpServer::Start(options, AnswerOk);
    ASSERT_FALSE(server.ok());
    EXPECT_EQ(server.error().kind(), ErrorKind::kInvalidInput);
  }
}

TEST(HttpStop, IdleConnectionsEndAtOnceAndThePortIsFree) {
  auto server = StartWith(AnswerOk);
  const uint16_t port = server->port();
  RawClient used(port);
  RawClient silent(port);
  EXPECT_EQ(used.Ask(Post("/", "")).status, 200);
  const Clock::time_point begin = Clock::now();
  server->Stop(5);
  EXPECT_LT(SecondsSince(begin), 1.0);
  EXPECT_TRUE(used.SeesEnd(1000));
  silent.SeesEnd(1000);
  EXPECT_TRUE(silent.ended());
  EXPECT_FALSE(RawClient(port).connected());
  server->Stop(5);  // a second time changes nothing
  EXPECT_TRUE(HttpServer::Start({.port = port}, AnswerOk).ok());
}

TEST(HttpStop, AnswersInFlightGoOut) {
  std::thread worker;
  std::atomic<bool> asked = false;
  auto server = StartWith([&](const HttpRequest& request, Responder responder) {
    worker = std::thread([body = request.body, responder = std::move(responder)]() mutable {
      std::this_thread::sleep_for(milliseconds(400));
      responder.Send({.body = std::string(body) + std::string(4 << 20, 'x')});
    });
    asked = true;
  });
  RawClient client(server->port());
  client.Send(Post("/", "late"));
  while (!asked) std::this_thread::sleep_for(milliseconds(1));
  std::thread stopper([&] { server->Stop(5); });
  const RawReply reply = client.Receive();
  EXPECT_EQ(reply.body.size(), (4u << 20) + 4);
  EXPECT_EQ(RawClient::Field(reply, "connection"), "close");
  client.Disconnect();
  stopper.join();
  worker.join();
}

TEST(HttpStop, AResponderThatOutlivesTheServerIsHarmless) {
  std::vector<Responder> held;
  std::string_view body;
  std::atomic<bool> asked = false;
  auto server = StartWith([&](const HttpRequest& request, Responder responder) {
    held.push_back(std::move(responder));
    body = request.body;
    asked = true;
  });
  RawClient client(server->port());
  client.Send(Post("/", "still readable"));
  while (!asked) std::this_thread::sleep_for(milliseconds(1));
  const Clock::time_point begin = Clock::now();
  server->Stop(1);
  EXPECT_GE(SecondsSince(begin), 0.7);
  EXPECT_LT(SecondsSince(begin), 2.5);
  server.reset();
  EXPECT_EQ(body, "still readable");
  held.front().Send({.body = "too late"});
  EXPECT_TRUE(client.SeesEnd(1000));
}

TEST(HttpStop, StoppingUnderLoadNeverHangs) {
  for (int round = 0; round < 5; ++round) {
    auto server = StartWith(AnswerOk);
    const uint16_t port = server->port();
    std::atomic<bool> done = false;
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&] {
        while (!done) {
          RawClient client(port);
          while (!done && client.connected() && client.Ask(Post("/", "x")).whole) {
          }
        }
      });
    }
    std::this_thread::sleep_for(milliseconds(50));
    const Clock::time_point begin = Clock::now();
    server->Stop(5);
    EXPECT_LT(SecondsSince(begin), 4.0);
    done = true;
    for (std::thread& client : clients) client.join();
  }
}

TEST(HttpStop, TheHandlerEndsWithTheServer) {
  auto held = std::make_shared<int>(1);
  auto server = StartWith([held](const HttpRequest&, Responder r) { r.Send({}); });
  EXPECT_GT(held.use_count(), 1);
  server->Stop(0);
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace codman::net
