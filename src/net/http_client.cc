#include "net/http_client.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "net/http_head_internal.h"
#include "net/http_retry_internal.h"
#include "net/http_transfer_internal.h"

namespace codman::net {
namespace {

constexpr size_t kMaxKeptTransfers = 16;

double Random() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(HttpClientOptions options) : options_(std::move(options)) {}

  Result<ClientResponse> Send(const ClientRequest& request, const BodySink& sink) override {
    const std::string name = TRY(NameRequest(request));
    const bool may_repeat = request.safe_to_repeat || IsIdempotent(request.method);
    std::unique_ptr<HttpTransfer> transfer = TRY(Take());
    for (int attempt = 1;; ++attempt) {
      TransferOutcome outcome = transfer->Send(request, name, options_, may_repeat, sink);
      const bool may_pass =
          outcome.error ? outcome.may_pass : IsBusyStatus(outcome.response.status);
      if (may_pass && may_repeat && !outcome.sink_called && attempt <= options_.retries) {
        const double seconds =
            WaitSeconds(attempt, outcome.retry_after_seconds, Random(), options_.max_wait_seconds);
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        continue;
      }
      Give(std::move(transfer));
      if (outcome.error && attempt > 1)
        return std::move(*outcome.error).While(format("making attempt {}", attempt));
      if (outcome.error) return *outcome.error;
      outcome.response.attempts = attempt;
      return std::move(outcome.response);
    }
  }

 private:
  Result<std::unique_ptr<HttpTransfer>> Take() {
    std::lock_guard lock(mutex_);
    if (kept_.empty()) return HttpTransfer::Create();
    std::unique_ptr<HttpTransfer> last = std::move(kept_.back());
    kept_.pop_back();
    return last;
  }

  void Give(std::unique_ptr<HttpTransfer> transfer) {
    std::lock_guard lock(mutex_);
    if (kept_.size() < kMaxKeptTransfers) kept_.push_back(std::move(transfer));
  }

  const HttpClientOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpTransfer>> kept_;
};

}  // namespace

Result<> HttpClientOptions::Validate() const {
  for (double seconds : {connect_seconds, total_seconds}) {
    if (!(seconds > 0) || !std::isfinite(seconds))
      return base::InvalidInput("connect_seconds and total_seconds must be above 0");
  }
  if (retries < 0 || retries > 100) return base::InvalidInput("retries must be 0 to 100");
  if (!(max_wait_seconds >= 0) || !std::isfinite(max_wait_seconds))
    return base::InvalidInput("max_wait_seconds must not be below 0");
  if (max_header_bytes < 1 || max_body_bytes < 0)
    return base::InvalidInput("max_header_bytes must be above 0, max_body_bytes not below 0");
  if (user_agent.empty() || std::any_of(user_agent.begin(), user_agent.end(),
                                        [](char c) { return c < 0x20 || c == 0x7f; }))
    return base::InvalidInput("user_agent must be printable ASCII");
  if (ca_file.empty()) return {};
  const std::string authorities = TRY(base::ReadFile(ca_file).While("reading the ca_file"));
  if (authorities.find("-----BEGIN ") == std::string::npos)
    return base::InvalidInput(format("{} holds no certificate in PEM form", ca_file));
  return {};
}

const std::string* ClientResponse::Header(std::string_view name) const {
  for (const auto& [each, value] : headers)
    if (EqualsIgnoreCase(each, name)) return &value;
  return nullptr;
}

Result<std::unique_ptr<HttpClient>> HttpClient::Create(const HttpClientOptions& options) {
  TRY(options.Validate());
  return std::unique_ptr<HttpClient>(std::make_unique<CurlClient>(options));
}

}  // namespace codman::net
