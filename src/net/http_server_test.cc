#include "net/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "net/http_test_client_internal.h"

namespace codman::net {
namespace {

using std::chrono::milliseconds;

// Answers later, from a thread of its own, in the reverse of the order it was asked in.
class LateAnswers {
 public:
  ~LateAnswers() {
    for (std::thread& thread : threads_) thread.join();
  }
  void Answer(Responder responder, std::string body, int after_ms) {
    std::lock_guard lock(mutex_);
    threads_.emplace_back(
        [responder = std::move(responder), body = std::move(body), after_ms]() mutable {
          std::this_thread::sleep_for(milliseconds(after_ms));
          responder.Send({.body = std::move(body)});
        });
  }

 private:
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

// Echoes "METHOD path?query body"; /late answers from another thread, /drop never, /throw throws.
class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    HttpServerOptions options;
    options.port = 0;
    options.num_threads = 2;
    auto server =
        HttpServer::Start(options, [this](const HttpRequest& request, Responder responder) {
          Handle(request, std::move(responder));
        });
    ASSERT_TRUE(server.ok()) << server.error().ToString();
    server_ = std::move(*server);
  }

  void Handle(const HttpRequest& request, Responder responder) {
    ++num_requests_;
    std::string echo = std::string(request.method) + " " + std::string(request.path) + "?" +
                       std::string(request.query) + " " + std::string(request.body);
    if (request.path == "/late") return late_.Answer(std::move(responder), echo, 20);
    if (request.path == "/drop") return;
    if (request.path == "/throw") throw std::runtime_error("thrown by the test");
    if (request.path == "/remote") echo = request.remote;
    if (request.path == "/large") echo = std::string(20 << 20, 'x');
    if (request.path == "/medium") echo = std::string(1 << 20, 'x');
    responder.Send({.body = std::move(echo)});
  }

  std::atomic<int> num_requests_ = 0;
  LateAnswers late_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, KeepsTheConnectionForFurtherRequests) {
  RawClient client(server_->port());
  for (int i = 0; i < 50; ++i) {
    const RawReply reply = client.Ask(Post("/a?n=" + std::to_string(i), "body"));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /a?n=" + std::to_string(i) + " body");
    EXPECT_EQ(RawClient::Field(reply, "connection"), "");
    EXPECT_EQ(RawClient::Field(reply, "date").size(), 29u);
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrderHoweverLateTheAnswers) {
  RawClient client(server_->port());
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    bytes += Post((i % 4 == 1 ? "/late?" : "/now?") + std::to_string(i), std::to_string(i));
  }
  client.Send(bytes);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(client.Receive().body, (i % 4 == 1 ? "POST /late?" : "POST /now?") +
                                         std::to_string(i) + " " + std::to_string(i));
  }
}

TEST_F(HttpServerTest, ManyPipelinedLargeAnswersWaitForASlowReader) {
  RawClient client(server_->port());
  client.Send(Post("/large", "") + Post("/late", "") + Post("/large", ""));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(client.Receive().body.size(), 20u << 20);
  EXPECT_EQ(client.Receive().body, "POST /late? ");
  EXPECT_EQ(client.Receive().body.size(), 20u << 20);
}

TEST_F(HttpServerTest, BytesMayComeOneByOne) {
  RawClient client(server_->port());
  for (char byte : Post("/slow", "0123456789")) ASSERT_TRUE(client.Send({&byte, 1}));
  EXPECT_EQ(client.Receive().body, "POST /slow? 0123456789");
}

TEST_F(HttpServerTest, ChunkedBodiesAreJoined) {
  RawClient client(server_->port());
  const RawReply reply = client.Ask(
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(reply.body, "POST /c? abcde");
}

TEST_F(HttpServerTest, ContinueIsSentBeforeTheBodyIs) {
  RawClient client(server_->port());
  const std::string request = Post("/c", "abc", "Expect: 100-continue\r\n");
  EXPECT_EQ(client.Ask(request.substr(0, request.size() - 3)).status, 100);
  EXPECT_EQ(client.Ask("abc").body, "POST /c? abc");
  EXPECT_EQ(client.Ask(request).status, 200);  // who does not wait needs no permission
}

TEST_F(HttpServerTest, HeadIsAnsweredWithoutTheBody) {
  RawClient client(server_->port());
  client.Send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n");
  const RawReply reply = client.Receive(true);
  EXPECT_EQ(RawClient::Field(reply, "content-length"), "9");  // of "HEAD /h? "
  EXPECT_EQ(client.Ask(Post("/next", "")).body, "POST /next? ");
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
  for (const char* request :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
    RawClient client(server_->port());
    const RawReply reply = client.Ask(request);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(RawClient::Field(reply, "connection"), "close");
    EXPECT_TRUE(client.SeesEnd(1000));
  }
}

TEST_F(HttpServerTest, AnswersAClientThatEndedItsSide) {
  RawClient client(server_->port());
  client.Send(Post("/late", "x"));
  client.EndSending();
  EXPECT_EQ(client.Receive().body, "POST /late? x");
  EXPECT_TRUE(client.SeesEnd(1000));
}

TEST_F(HttpServerTest, ADroppedResponderOrAThrowingHandlerAnswers500) {
  RawClient client(server_->port());
  EXPECT_EQ(client.Ask(Post("/drop", "")).status, 500);
  EXPECT_EQ(client.Ask(Post("/throw", "")).status, 500);
  EXPECT_EQ(client.Ask(Post("/a", "")).status, 200);
}

TEST_F(HttpServerTest, ClientsThatLeaveBeforeTheAnswerDoNoHarm) {
  for (int i = 0; i < 100; ++i) {
    RawClient client(server_->port());
    client.Send(Post("/late", "x") + Post("/medium", ""));
  }
  std::this_thread::sleep_for(milliseconds(100));
  RawClient client(server_->port());
  EXPECT_EQ(client.Ask(Post("/a", "")).status, 200);
}

TEST_F(HttpServerTest, TellsTheHandlerWhoAsks) {
  RawClient client(server_->port());
  EXPECT_EQ(client.Ask(Post("/remote", "")).body.substr(0, 10), "127.0.0.1:");
}

TEST_F(HttpServerTest, ManyClientsAtOnceGetTheirOwnAnswers) {
  std::atomic<int> num_right = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(server_->port());
      for (int i = 0; i < 100; ++i) {
        const std::string body = std::to_string(c) + "-" + std::to_string(i);
        const std::string path = i % 10 == 0 ? "/late" : "/now";
        if (client.Ask(Post(path, body)).body == "POST " + path + "? " + body) ++num_right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(num_right, 800);
}

TEST(Responder, AssigningOverAnUnusedOneAnswersItsRequestWith500) {
  struct Recorder : Responder::Sink {
    void Send(uint64_t, HttpResponse response) override { statuses.push_back(response.status); }
    void SendPrepared(uint64_t, const PreparedResponse&) override { statuses.push_back(200); }
    void Post(std::function<void()> work) override { work(); }
    int thread() const override { return 0; }
    std::vector<int> statuses;
  };
  auto first = std::make_shared<Recorder>();
  auto second = std::make_shared<Recorder>();
  {
    Responder responder(first);
    responder = Responder(second);
    EXPECT_EQ(first->statuses, std::vector<int>{500});
    responder.Send({.status = 201});
    responder.Send({.status = 202});  // only the first counts
  }
  EXPECT_EQ(second->statuses, std::vector<int>{201});
}

// Percent-decoding by RFC 3986 section 2.1; '+' by the URL standard's urlencoded form.
TEST(Url, DecodesValuesAndFindsParameters) {
  EXPECT_EQ(DecodeUrl("a%41+%c3%A9%2b"), "aA \xc3\xa9+");
  EXPECT_EQ(DecodeUrl("100%"), "100%");
  EXPECT_EQ(DecodeUrl("%4"), "%4");
  EXPECT_EQ(DecodeUrl("%zz%41"), "%zzA");
  EXPECT_EQ(QueryParameter("a=1&b=x%20y&c&a=2", "a"), "1");
  EXPECT_EQ(QueryParameter("a=1&b=x%20y&c", "b"), "x y");
  EXPECT_EQ(QueryParameter("a=1&c", "c"), "");
  EXPECT_EQ(QueryParameter("aa=1", "a"), "");
  EXPECT_EQ(QueryParameter("", "a"), "");
  EXPECT_EQ(QueryParameter("&&%61=1=2&", "a"), "1=2");
}

}  // namespace
}  // namespace codman::net
