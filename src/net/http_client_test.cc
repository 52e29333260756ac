// The client against this room's own server; expected values: what the test sends, and the waits
// that http_client.h documents.
#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "net/http_reply_internal.h"
#include "net/http_server.h"

namespace codman::net {
namespace {

using testing::HasSubstr;
using testing::Not;

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

class HttpClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::Start({.port = 0, .num_threads = 1},
                                    [this](const HttpRequest& request, Responder responder) {
                                      responder.Send(Answer(request));
                                    });
    ASSERT_TRUE(server.ok()) << server.error().ToString();
    server_ = std::move(*server);
    client_ = Make({});
  }

  static std::unique_ptr<HttpClient> Make(const HttpClientOptions& options) {
    auto client = HttpClient::Create(options);
    EXPECT_TRUE(client.ok()) << client.error().ToString();
    return std::move(*client);
  }

  // /echo shows the request, /busy?S answers S until `busy_` is used up, /remote the client's port.
  HttpResponse Answer(const HttpRequest& request) {
    ++num_requests_;
    if (request.path == "/busy") {
      if (busy_-- <= 0) return {.body = "at last"};
      const int status = static_cast<int>(*base::ParseInt(request.query));
      HttpResponse response{.status = status, .body = "busy"};
      if (!retry_after_.empty()) response.headers.emplace_back("Retry-After", retry_after_);
      return response;
    }
    if (request.path == "/remote") return {.body = std::string(request.remote)};
    if (request.path == "/large") return {.body = std::string(20 << 20, 'x')};
    if (request.path == "/missing") return {.status = 404, .body = "not here"};
    if (request.path == "/empty") return {.status = 204};
    if (request.path == "/moved")
      return {.status = 302, .headers = {{"Location", Url("/elsewhere")}, {"X-Two", "1"}}};
    std::string echo = format("{} {}?{}\n", request.method, request.path, request.query);
    for (const auto& [name, value] : request.headers) echo += format("{}: {}\n", name, value);
    return {.content_type = "text/plain", .body = echo + "\n" + std::string(request.body)};
  }

  std::string Url(std::string_view path) const {
    return format("http://127.0.0.1:{}{}", server_->port(), path);
  }
  ClientResponse Get(std::string_view path) {
    auto response = client_->Send({.url = Url(path)});
    EXPECT_TRUE(response.ok()) << response.error().ToString();
    return response.ok() ? *response : ClientResponse{};
  }

  std::atomic<int> num_requests_ = 0, busy_ = 0;
  std::string retry_after_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, SendsWhatItIsGivenAndNothingElse) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const std::string body("a\0\r\n\xff", 5);
    auto response = client_->Send({.method = method,
                                   .url = Url("/echo/../%2e/x?q=1&r=%20"),
                                   .headers = {{"Authorization", "Bearer s"}, {"X-Empty", ""}},
                                   .body = body});
    ASSERT_TRUE(response.ok()) << response.error().ToString();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->attempts, 1);
    EXPECT_EQ(response->body,
              format("{} /echo/../%2e/x?q=1&r=%20\nHost: 127.0.0.1:{}\nUser-Agent: codman\n"
                     "Accept: */*\nAuthorization: Bearer s\nX-Empty: \nContent-Length: 5\n\n{}",
                     method, server_->port(), body));
  }
}

TEST_F(HttpClientTest, SaysTheLengthOfAnEmptyBodyWhereOneBelongs) {
  for (const char* method : {"POST", "PUT", "PATCH"})
    EXPECT_THAT(client_->Send({.method = method, .url = Url("/echo")})->body,
                HasSubstr("Content-Length: 0\n"));
  for (const char* method : {"GET", "DELETE", "OPTIONS"})
    EXPECT_THAT(client_->Send({.method = method, .url = Url("/echo")})->body,
                Not(HasSubstr("Content-Length")));
}

TEST_F(HttpClientTest, CallersHeadersReplaceItsOwnButNotTheFraming) {
  const ClientResponse response = *client_->Send({.method = "PUT",
                                                  .url = Url("/echo"),
                                                  .headers = {{"user-agent", "other"},
                                                              {"Content-Type", "text/csv"},
                                                              {"Content-Length", "99"},
                                                              {"transfer-encoding", "chunked"}},
                                                  .body = std::string(2'000'000, 'x')});
  const std::string head = response.body.substr(0, response.body.find("\n\n"));
  EXPECT_THAT(head, HasSubstr("user-agent: other"));
  EXPECT_THAT(head, Not(HasSubstr("codman")));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/csv"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 2000000"));
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  EXPECT_THAT(head, Not(HasSubstr("Expect")));
  EXPECT_EQ(response.body.size(), head.size() + 2 + 2'000'000);
}

TEST_F(HttpClientTest, GivesAnswersOfAnyStatus) {
  EXPECT_EQ(Get("/missing").status, 404);
  EXPECT_EQ(Get("/missing").body, "not here");
  EXPECT_EQ(Get("/empty").status, 204);
  EXPECT_EQ(*Get("/echo").Header("CONTENT-TYPE"), "text/plain");
  EXPECT_EQ(Get("/echo").Header("absent"), nullptr);
  const ClientResponse head = *client_->Send({.method = "HEAD", .url = Url("/large")});
  EXPECT_EQ(*head.Header("content-length"), std::to_string(20 << 20));
  EXPECT_EQ(head.body, "");
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
  const ClientResponse response = Get("/moved");
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(*response.Header("location"), Url("/elsewhere"));
  EXPECT_EQ(*response.Header("x-two"), "1");
  EXPECT_EQ(num_requests_, 1);
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  std::set<std::string> remotes;
  for (int i = 0; i < 20; ++i) remotes.insert(Get("/remote").body);
  EXPECT_EQ(remotes.size(), 1u);
}

TEST_F(HttpClientTest, RepeatsWhatMayBeRepeatedWhileTheServerIsBusy) {
  const struct {
    const char* method;
    int status;
    bool safe;
    int attempts;
  } kCases[] = {
      {"GET", 503, false, 3},     {"GET", 429, false, 3},    {"GET", 502, false, 3},
      {"GET", 504, false, 3},     {"GET", 500, false, 1},    {"GET", 408, false, 1},
      {"PUT", 503, false, 3},     {"DELETE", 503, false, 3}, {"HEAD", 503, false, 3},
      {"OPTIONS", 503, false, 3}, {"POST", 503, false, 1},   {"PATCH", 503, false, 1},
      {"POST", 503, true, 3},     {"PATCH", 429, true, 3},   {"POST", 500, true, 1},
  };
  retry_after_ = "0";
  client_ = Make({.max_wait_seconds = 0.01});
  for (const auto& test : kCases) {
    SCOPED_TRACE(format("{} {}", test.method, test.status));
    busy_ = 2;
    num_requests_ = 0;
    auto response = client_->Send({.method = test.method,
                                   .url = Url(format("/busy?{}", test.status)),
                                   .safe_to_repeat = test.safe});
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->status, test.attempts == 3 ? 200 : test.status);
    EXPECT_EQ(response->attempts, test.attempts);
    EXPECT_EQ(num_requests_, test.attempts);
  }
}

TEST_F(HttpClientTest, TheLastBusyAnswerIsGiven) {
  client_ = Make({.retries = 2, .max_wait_seconds = 0.01});
  busy_ = 1000;
  const ClientResponse response = Get("/busy?503");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "busy");
  EXPECT_EQ(response.attempts, 3);
  EXPECT_EQ(num_requests_, 3);
  client_ = Make({.retries = 0});
  EXPECT_EQ(Get("/busy?503").attempts, 1);
}

TEST_F(HttpClientTest, WaitsLongerEachTime) {
  busy_ = 3;
  const double seconds = SecondsOf([&] { EXPECT_EQ(Get("/busy?503").attempts, 4); });
  EXPECT_GE(seconds, (0.2 + 0.4 + 0.8) / 2);
  EXPECT_LE(seconds, 0.2 + 0.4 + 0.8 + 1.0);
}

TEST_F(HttpClientTest, WaitsAsLongAsRetryAfterSaysButNoLongerThanAllowed) {
  busy_ = 1;
  retry_after_ = "1";
  EXPECT_GE(SecondsOf([&] { EXPECT_EQ(Get("/busy?429").attempts, 2); }), 1.0);
  busy_ = 1;
  retry_after_ = FormatHttpDate(std::time(nullptr) + 3);
  EXPECT_GE(SecondsOf([&] { EXPECT_EQ(Get("/busy?429").attempts, 2); }), 1.5) << retry_after_;
  client_ = Make({.max_wait_seconds = 0.1});
  busy_ = 1;
  retry_after_ = "86400";
  EXPECT_LE(SecondsOf([&] { EXPECT_EQ(Get("/busy?429").attempts, 2); }), 1.5);
}

TEST_F(HttpClientTest, BoundsTheBodyUnlessASinkTakesIt) {
  client_ = Make({.max_body_bytes = 1000});
  auto refused = client_->Send({.url = Url("/large")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().ToString(), HasSubstr("more than 1000 bytes"));
  EXPECT_EQ(num_requests_, 1) << "it would be as large again";
  int64_t bytes = 0;
  int pieces = 0;
  auto response = client_->Send({.url = Url("/large")}, [&](std::string_view piece) -> Result<> {
    bytes += static_cast<int64_t>(piece.size());
    ++pieces;
    return {};
  });
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(bytes, 20 << 20);
  EXPECT_GT(pieces, 10);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(Get("/missing").body, "not here") << "the connection is sound again";
}

TEST_F(HttpClientTest, ASinkTakesOnlyWhatWasAskedFor) {
  std::string taken;
  const auto sink = [&](std::string_view piece) -> Result<> {
    taken += piece;
    return {};
  };
  EXPECT_EQ(client_->Send({.url = Url("/missing")}, sink)->body, "not here");
  EXPECT_EQ(taken, "");
  busy_ = 1;
  EXPECT_EQ(client_->Send({.url = Url("/busy?503")}, sink)->attempts, 2);
  EXPECT_EQ(taken, "at last");
}

TEST_F(HttpClientTest, AnErrorOfTheSinkEndsTheRequest) {
  auto failed = client_->Send({.url = Url("/large")},
                              [](auto) -> Result<> { return base::Conflict("enough"); });
  EXPECT_EQ(failed.error().message(), "enough");
  auto thrown = client_->Send({.url = Url("/large")}, [](auto) -> Result<> {
    throw std::runtime_error("thrown by the test");
  });
  EXPECT_EQ(thrown.error().kind(), ErrorKind::kInternal);
  EXPECT_EQ(num_requests_, 2);
  EXPECT_EQ(Get("/empty").status, 204);
}

TEST_F(HttpClientTest, ManyThreadsShareOneClient) {
  std::atomic<int> num_right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string body = format("{}-{}", t, i);
        auto response = client_->Send({.method = "PUT", .url = Url("/echo"), .body = body});
        if (response.ok() && base::EndsWith(response->body, "\n\n" + body)) ++num_right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_right, 400);
}

TEST_F(HttpClientTest, AsksNoProxyThatTheEnvironmentNames) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("all_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(Get("/empty").status, 204);
  unsetenv("http_proxy");
  unsetenv("all_proxy");
}

TEST_F(HttpClientTest, RefusesRequestsThatMustNotBeSent) {
  const std::string url = Url("/echo");
  const ClientRequest bad[] = {
      {.url = ""},
      {.url = "echo"},
      {.url = "127.0.0.1:80/x"},
      {.url = "http://"},
      {.url = "file:///etc/passwd"},
      {.url = "ftp://127.0.0.1/x"},
      {.url = "gopher://127.0.0.1/x"},
      {.url = url + " x"},
      {.url = url + "\r\nX: y"},
      {.url = url + std::string("\0x", 2)},
      {.method = "get", .url = url},
      {.method = "TRACE", .url = url},
      {.method = "CONNECT", .url = url},
      {.method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", .url = url},
      {.method = "HEAD", .url = url, .body = "x"},
      {.url = url, .headers = {{"X", "y\r\nZ: 1"}}},
      {.url = url, .headers = {{"X", std::string("y\0z", 3)}}},
      {.url = url, .headers = {{"X\r\nZ", "y"}}},
      {.url = url, .headers = {{"X Y", "z"}}},
      {.url = url, .headers = {{"", "z"}}},
      {.url = url, .headers = {{"X:", "z"}}},
  };
  for (const ClientRequest& request : bad) {
    auto response = client_->Send(request);
    ASSERT_FALSE(response.ok()) << request.url;
    EXPECT_EQ(response.error().kind(), ErrorKind::kInvalidInput) << request.url;
  }
  auto credentials = client_->Send({.url = "http://user:hunter2@127.0.0.1:1/x"});
  EXPECT_EQ(credentials.error().kind(), ErrorKind::kInvalidInput);
  EXPECT_THAT(credentials.error().ToString(), Not(HasSubstr("hunter2")));
  EXPECT_EQ(num_requests_, 0);
}

TEST(HttpClientOptions, AreValidated) {
  const HttpClientOptions bad[] = {
      {.connect_seconds = 0},
      {.total_seconds = -1},
      {.retries = -1},
      {.max_wait_seconds = -1},
      {.max_header_bytes = 0},
      {.max_body_bytes = -1},
      {.ca_file = "/no/such/file"},
      {.user_agent = "a\r\nb"},
      {.user_agent = ""},
      {.ca_file = "/etc/hostname"},
      {.total_seconds = std::numeric_limits<double>::infinity()},
  };
  for (const HttpClientOptions& options : bad) EXPECT_FALSE(HttpClient::Create(options).ok());
}

}  // namespace
}  // namespace codman::net
