// Pipelined requests that may overlap: handed over without waiting, answered in their order.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.h"
#include "net/http_server.h"
#include "net/http_test_client_internal.h"

namespace codman::net {
namespace {

constexpr char kFields[] = "Content-Type: text/plain\r\nX-Id: 7\r\n";

// Paths below /o overlap; they and /late are answered when Release is called, all others at once.
class HttpOverlapTest : public testing::Test {
 protected:
  void SetUp() override { Start(1); }
  void Start(int num_threads) {
    HttpServerOptions options{.port = 0, .num_threads = num_threads};
    options.rules = [](std::string_view method, std::string_view path) {
      RequestRules rules{.max_body_bytes = path == "/o/large" ? 100000 : 1000};
      rules.overlaps = method == "POST" && path.starts_with("/o");
      return rules;
    };
    auto server =
        HttpServer::Start(options, [this](const HttpRequest& request, Responder responder) {
          if (!request.path.starts_with("/o") && request.path != "/late")
            return responder.Send({.body = std::string(request.body)});
          if (request.path == "/o/now") return responder.SendPrepared({kFields, request.body});
          std::lock_guard lock(mutex_);
          held_.emplace_back(std::move(responder), std::string(request.body));
        });
    ASSERT_TRUE(server.ok());
    server_ = std::move(*server);
  }
  void TearDown() override {
    Release(Count());
    server_.reset();
  }

  size_t Count() {
    std::lock_guard lock(mutex_);
    return held_.size();
  }
  // Waits until that many requests are held, a moment at most.
  size_t Await(size_t count) {
    for (int i = 0; i < 300 && Count() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // for one too many
    return Count();
  }
  using Held = std::vector<std::pair<Responder, std::string>>;
  Held Take(size_t count) {
    std::lock_guard lock(mutex_);
    Held taken;
    for (size_t i = 0; i < count; ++i) taken.push_back(std::move(held_[i]));
    held_.erase(held_.begin(), held_.begin() + static_cast<ptrdiff_t>(count));
    return taken;
  }
  // Answers the oldest ones from this thread, the newest first.
  void Release(size_t count) {
    Held held = Take(count);
    for (auto one = held.rbegin(); one != held.rend(); ++one)
      one->first.SendPrepared({kFields, one->second});
  }

  std::mutex mutex_;
  Held held_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpOverlapTest, AreHandedOverTogetherAndAnsweredInOrder) {
  RawClient client(server_->port());
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += Post("/o", std::to_string(i));
  client.Send(bytes);
  EXPECT_EQ(Await(20), 20u);
  client.Send(Post("/o", "20"));
  EXPECT_EQ(Await(21), 21u) << "also one that comes while others are open";
  Release(21);
  for (int i = 0; i <= 20; ++i) {
    RawReply reply = client.Receive();
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, std::to_string(i));
    EXPECT_EQ(RawClient::Field(reply, "x-id"), "7");
    EXPECT_EQ(RawClient::Field(reply, "date").size(), 29u);
  }
}

TEST_F(HttpOverlapTest, OtherRequestsWaitForTheOpenOnes) {
  RawClient client(server_->port());
  client.Send(Post("/o", "a") + Post("/o/now", "b") + Post("/late", "c") + Post("/late", "d") +
              Post("/o", "e") + Post("/plain", "f"));
  EXPECT_EQ(Await(2), 1u);
  Release(1);
  EXPECT_EQ(client.Receive().body, "a");
  EXPECT_EQ(client.Receive().body, "b");
  EXPECT_EQ(Await(2), 1u) << "c, and not yet d";
  Release(1);
  EXPECT_EQ(Await(2), 1u);
  Release(1);
  EXPECT_EQ(Await(2), 1u);
  Release(1);
  for (const char* body : {"c", "d", "e", "f"}) EXPECT_EQ(client.Receive().body, body);
}

TEST_F(HttpOverlapTest, ABoundedNumberIsOpenAtOnce) {
  RawClient client(server_->port());
  std::string bytes;
  for (int i = 0; i < 150; ++i) bytes += Post("/o", std::to_string(i));
  client.Send(bytes);
  int answered = 0;
  while (answered < 150) {
    size_t open = Await(150);
    EXPECT_LE(open, 64u);
    ASSERT_GT(open, 0u);
    Release(open);
    for (size_t i = 0; i < open; ++i) EXPECT_EQ(client.Receive().body, std::to_string(answered++));
  }
}

TEST_F(HttpOverlapTest, ClosingAndBrokenRequestsComeLast) {
  RawClient closing(server_->port());
  closing.Send(Post("/o", "a") + Post("/o", "b", "Connection: close\r\n") + Post("/o", "c"));
  EXPECT_EQ(Await(3), 2u);
  Release(2);
  EXPECT_EQ(RawClient::Field(closing.Receive(), "connection"), "");
  RawReply last = closing.Receive();
  EXPECT_EQ(last.body, "b");
  EXPECT_EQ(RawClient::Field(last, "connection"), "close");
  EXPECT_TRUE(closing.SeesEnd());

  RawClient broken(server_->port());
  broken.Send(Post("/o", "a") + "nonsense\r\n\r\n");
  EXPECT_EQ(Await(1), 1u);
  Release(1);
  EXPECT_EQ(broken.Receive().body, "a");
  EXPECT_EQ(broken.Receive().status, 400);
}

TEST_F(HttpOverlapTest, AClientThatEndedSendingIsStillAnswered) {
  RawClient client(server_->port());
  client.Send(Post("/o", "a") + Post("/o", "b") + "POST /o HTT");
  client.EndSending();
  EXPECT_EQ(Await(2), 2u);
  Release(2);
  EXPECT_EQ(client.Receive().body, "a");
  EXPECT_EQ(client.Receive().body, "b");
  EXPECT_TRUE(client.SeesEnd());
}

TEST_F(HttpOverlapTest, ALostClientLeavesNothingBehind) {
  {
    RawClient client(server_->port());
    client.Send(Post("/o", "a") + Post("/o", "b"));
    EXPECT_EQ(Await(2), 2u);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  Release(2);
  RawClient other(server_->port());
  EXPECT_EQ(other.Ask(Post("/plain", "alive")).body, "alive");
}

TEST_F(HttpOverlapTest, PostedWorkAnswersManyConnections) {
  server_.reset();
  Start(2);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send(Post("/o", format("{}a", i)) + Post("/o", format("{}b", i)));
  }
  ASSERT_EQ(Await(16), 16u);
  auto held = std::make_shared<Held>(Take(16));
  std::map<int, const Responder*> first;
  std::vector<int> threads;
  for (auto& [responder, body] : *held) {
    first.emplace(responder.thread(), &responder);
    threads.push_back(responder.thread());
  }
  for (auto [thread, responder] : first) {
    responder->Post([held, threads, thread = thread] {
      for (size_t i = 0; i < held->size(); ++i) {
        if (threads[i] == thread) (*held)[i].first.SendPrepared({kFields, (*held)[i].second});
      }
    });
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(clients[static_cast<size_t>(i)]->Receive().body, format("{}a", i));
    EXPECT_EQ(clients[static_cast<size_t>(i)]->Receive().body, format("{}b", i));
  }
}

TEST_F(HttpOverlapTest, StoppingLetsOpenRequestsEnd) {
  RawClient client(server_->port());
  client.Send(Post("/o", "a") + Post("/o", "b"));
  EXPECT_EQ(Await(2), 2u);
  std::thread stopper([this] { server_->Stop(5); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  Release(2);
  EXPECT_EQ(client.Receive().body, "a");
  RawReply last = client.Receive();
  EXPECT_EQ(last.body, "b");
  EXPECT_EQ(RawClient::Field(last, "connection"), "close");
  stopper.join();
}

TEST_F(HttpOverlapTest, LimitsAreThoseOfTheRoute) {
  RawClient small(server_->port()), large(server_->port()), chunked(server_->port());
  EXPECT_EQ(small.Ask(Post("/o/now", std::string(1001, 'x'))).status, 413);
  large.Send(Post("/o/large", std::string(100000, 'x')));
  EXPECT_EQ(Await(1), 1u);
  Release(1);
  EXPECT_EQ(large.Receive().body.size(), 100000u);
  chunked.Send("POST /plain HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
  EXPECT_EQ(chunked.Receive().status, 413);
}

}  // namespace
}  // namespace codman::net
