// The client against Debian's own `openssl s_server` with certificates made here: the judge of what
// must be refused is RFC 9110 section 4.3.4 and RFC 5280, not this client.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "net/http_client.h"

namespace codman::net {
namespace {

using testing::HasSubstr;

// An `openssl s_server` on a free port; it answers every GET with a page of 200.
class TlsServer {
 public:
  TlsServer(const std::string& folder, const std::string& certificate,
            const std::vector<std::string>& more = {})
      : output_(format("{}/{}.out", folder, num_started_++)) {
    std::vector<std::string> words = {"openssl",
                                      "s_server",
                                      "-accept",
                                      "127.0.0.1:0",
                                      "-www",
                                      "-cert",
                                      folder + "/" + certificate + ".pem",
                                      "-key",
                                      folder + "/" + certificate + ".key"};
    words.insert(words.end(), more.begin(), more.end());
    child_ = fork();
    if (child_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      const int output = open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (dup2(output, 1) >= 0 && dup2(output, 2) >= 0) execvp("openssl", arguments.data());
      _exit(127);
    }
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

  // s_server says "ACCEPT 127.0.0.1:port" once it listens.
  std::string Url(const std::string& host) const {
    constexpr std::string_view kListens = "ACCEPT 127.0.0.1:";
    for (int i = 0; i < 500; ++i) {
      const std::string said = base::ReadFile(output_).ok() ? *base::ReadFile(output_) : "";
      const size_t at = said.find(kListens), end = said.find('\n', at);
      if (at != std::string::npos && end != std::string::npos) {
        const size_t begin = at + kListens.size();
        return format("https://{}:{}/", host, said.substr(begin, end - begin));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "openssl s_server does not start: install openssl (tools/setup test)";
    return "";
  }

 private:
  static inline int num_started_ = 0;
  const std::string output_;
  pid_t child_ = -1;
};

class HttpClientTlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    ASSERT_TRUE(base::MakeFolders(folder_).ok());
    MakeAuthority("ca");
    MakeAuthority("other_ca");
    const std::string here = "subjectAltName=IP:127.0.0.1,DNS:localhost";
    MakeCertificate("good", "ca", here, 2);
    MakeCertificate("wrong_host", "ca", "subjectAltName=DNS:elsewhere.example,IP:127.0.0.2", 2);
    MakeCertificate("no_host", "ca", "extendedKeyUsage=serverAuth", 2);
    MakeCertificate("expired", "ca", here, -1);
    MakeCertificate("other", "other_ca", here, 2);
    Run(
        format("openssl req -x509 {} -keyout {}/self_signed.key -out {}/self_signed.pem -subj "
               "/CN=127.0.0.1 -days 2 -addext {}",
               kKey, folder_, folder_, here));
  }
  static void TearDownTestSuite() { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }

  static void Run(const std::string& command) {
    ASSERT_EQ(std::system((command + format(" >>{}/made.out 2>&1", folder_)).c_str()), 0)
        << command << "\n"
        << base::ReadFile(folder_ + "/made.out").value();
  }
  static void MakeAuthority(const std::string& name) {
    Run(
        format("openssl req -x509 {} -keyout {}/{}.key -out {}/{}.pem -subj /CN={} -days 2 "
               "-addext basicConstraints=critical,CA:TRUE",
               kKey, folder_, name, folder_, name, name));
  }
  static void MakeCertificate(const std::string& name, const std::string& authority,
                              const std::string& extension, int days) {
    const std::string path = folder_ + "/" + name;
    Run(format("openssl req {} -keyout {}.key -out {}.csr -subj /CN=127.0.0.1 -addext {}", kKey,
               path, path, extension));
    Run(
        format("openssl x509 -req -in {}.csr -CA {}/{}.pem -CAkey {}/{}.key -CAcreateserial "
               "-copy_extensions copy -days {} -out {}.pem",
               path, folder_, authority, folder_, authority, days, path));
  }

  // "200" or the error.
  static std::string Ask(const std::string& url, const std::string& authority = "ca") {
    const std::string file = authority.empty() ? "" : folder_ + "/" + authority + ".pem";
    auto client = HttpClient::Create({.total_seconds = 10, .retries = 2, .ca_file = file}).value();
    auto response = client->Send({.url = url});
    return response.ok() ? std::to_string(response->status) : response.error().ToString();
  }

  static constexpr const char* kKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  static const std::string folder_;
};
const std::string HttpClientTlsTest::folder_ =
    format("{}codman_tls_{}", testing::TempDir(), getpid());

TEST_F(HttpClientTlsTest, AcceptsACertificateOfItsAuthorityForItsHost) {
  TlsServer server(folder_, "good");
  EXPECT_EQ(Ask(server.Url("127.0.0.1")), "200");
  EXPECT_EQ(Ask(server.Url("localhost")), "200");
}

TEST_F(HttpClientTlsTest, RefusesACertificateOfAnotherHost) {
  {
    TlsServer server(folder_, "wrong_host");
    EXPECT_THAT(Ask(server.Url("127.0.0.1")), HasSubstr("subject name matches target host name"));
    EXPECT_THAT(Ask(server.Url("localhost")), HasSubstr("subject name matches target host name"));
  }
  TlsServer server(folder_, "no_host");
  EXPECT_THAT(Ask(server.Url("localhost")), HasSubstr("target host name")) << "it names none";
}

TEST_F(HttpClientTlsTest, RefusesAnExpiredCertificate) {
  TlsServer server(folder_, "expired");
  const std::string outcome = Ask(server.Url("127.0.0.1"));
  EXPECT_THAT(outcome, HasSubstr("certificate has expired"));
  EXPECT_THAT(outcome, testing::Not(HasSubstr("attempt"))) << "it would be expired again";
}

TEST_F(HttpClientTlsTest, RefusesASelfSignedCertificate) {
  TlsServer server(folder_, "self_signed");
  EXPECT_THAT(Ask(server.Url("127.0.0.1")), HasSubstr("self-signed certificate"));
  EXPECT_EQ(Ask(server.Url("127.0.0.1"), "self_signed"), "200") << "unless it is named as trusted";
}

TEST_F(HttpClientTlsTest, RefusesAnotherAuthority) {
  TlsServer server(folder_, "other");
  EXPECT_THAT(Ask(server.Url("127.0.0.1")), HasSubstr("certificate"));
  EXPECT_EQ(Ask(server.Url("127.0.0.1"), "other_ca"), "200");
  EXPECT_THAT(Ask(server.Url("127.0.0.1"), ""), HasSubstr("certificate"))
      << "the system's authorities do not know it";
}

TEST_F(HttpClientTlsTest, RefusesOldProtocolsAndPlainText) {
  TlsServer server(folder_, "good", {"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
  const std::string url = server.Url("127.0.0.1");
  EXPECT_THAT(Ask(url), HasSubstr("got no whole answer"));
  EXPECT_THAT(Ask("http" + url.substr(5)), testing::Not("200"));
}

// openssl s_server -www keeps no connection, and its page names the protocol.
TEST_F(HttpClientTlsTest, SpeaksTls12And13) {
  for (const char* protocol : {"-tls1_2", "-tls1_3"}) {
    TlsServer server(folder_, "good", {protocol});
    EXPECT_EQ(Ask(server.Url("127.0.0.1")), "200") << protocol;
  }
}

}  // namespace
}  // namespace codman::net
