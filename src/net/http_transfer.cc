#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "net/http_head_internal.h"
#include "net/http_transfer_internal.h"

namespace codman::net {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// Framing and the connection are the client's own business.
bool IsOwnHeader(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOwn = {"content-length", "transfer-encoding",
                                                    "connection", "expect"};
  return std::any_of(kOwn.begin(), kOwn.end(),
                     [&](std::string_view own) { return EqualsIgnoreCase(own, name); });
}

bool IsHeaderValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

Result<> CheckHead(const ClientRequest& request) {
  constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",  "POST",   "PUT",
                                                        "DELETE", "PATCH", "OPTIONS"};
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end())
    return base::InvalidInput(
        "a request's method is GET, HEAD, POST, PUT, DELETE, PATCH or OPTIONS");
  if (request.method == "HEAD" && !request.body.empty())
    return base::InvalidInput("a HEAD request carries no body");
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return base::InvalidInput("a request's header has a name that is no token");
    if (!IsHeaderValue(value))
      return base::InvalidInput(format("the header {} must not hold control characters", name));
  }
  return {};
}

// What libcurl tells its callbacks to fill.
struct Receiver {
  const std::string& name;
  const HttpClientOptions& options;
  const BodySink& sink;
  TransferOutcome* outcome;
  int64_t header_bytes = 0;
  bool head_is_whole = false;

  bool Refuse(Error error) {
    outcome->error = std::move(error);
    return false;
  }

  bool TakeHeaderLine(std::string_view line) {
    header_bytes += static_cast<int64_t>(line.size());
    if (header_bytes > options.max_header_bytes) {
      return Refuse(base::Unavailable(format("{} was answered with a head of more than {} bytes",
                                             name, options.max_header_bytes)));
    }
    line = base::Trim(line);
    ClientResponse& response = outcome->response;
    if (line.starts_with("HTTP/") && (!head_is_whole || response.status < 200)) {
      response.headers.clear();  // of "100 Continue" and its like
      const size_t blank = line.find(' ');
      const auto status = base::ParseInt(line.substr(std::min(blank, line.size() - 1) + 1, 3));
      response.status = static_cast<int>(status.value_or(0));
      head_is_whole = false;
    } else if (line.empty()) {
      head_is_whole = true;
    } else if (const size_t colon = line.find(':');
               colon != std::string_view::npos && !head_is_whole) {  // trailers are dropped
      response.headers.emplace_back(base::ToLower(line.substr(0, colon)),
                                    base::Trim(line.substr(colon + 1)));
    }
    return true;
  }

  bool TakeBody(std::string_view piece) {
    ClientResponse& response = outcome->response;
    if (sink && response.status >= 200 && response.status < 300) {
      outcome->sink_called = true;
      auto taken = sink(piece);
      return taken.ok() || Refuse(std::move(taken).error());
    }
    if (static_cast<int64_t>(response.body.size() + piece.size()) > options.max_body_bytes) {
      return Refuse(base::Unavailable(
          format("{} was answered with more than {} bytes", name, options.max_body_bytes)));
    }
    response.body += piece;
    return true;
  }
};

// Nothing may be thrown through libcurl, not even by a sink.
template <bool (Receiver::*take)(std::string_view)>
size_t Callback(char* bytes, size_t, size_t count, void* user) {
  auto* receiver = static_cast<Receiver*>(user);
  try {
    return (receiver->*take)({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
  } catch (...) {
    receiver->outcome->error =
        base::Internal(receiver->name + " was answered, but its receiver threw an exception");
    return CURL_WRITEFUNC_ERROR;
  }
}

bool IsTlsFault(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM ||
         code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CIPHER;
}

const char* CureOf(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "; check the host's name";
    case CURLE_COULDNT_CONNECT:
      return "; check that the server runs and may be reached";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "; have the server's certificate mended, or name the file of its own authority";
    case CURLE_SSL_CACERT_BADFILE:
      return "; check the file of authorities";
    default:
      return "";
  }
}

class CurlTransfer : public HttpTransfer {
 public:
  explicit CurlTransfer(Handle handle) : handle_(std::move(handle)) {}

  TransferOutcome Send(const ClientRequest& request, const std::string& name,
                       const HttpClientOptions& options, bool may_repeat,
                       const BodySink& sink) override {
    TransferOutcome outcome;
    Receiver receiver{name, options, sink, &outcome};
    std::array<char, CURL_ERROR_SIZE> reason{};
    curl_easy_reset(handle_.get());
    Set(CURLOPT_ERRORBUFFER, reason.data());
    SetBounds(options);
    SetTrust(options);
    Set(CURLOPT_FRESH_CONNECT, may_repeat ? 0L : 1L);
    const HeaderList headers = SetRequest(request, options);
    Set(CURLOPT_HEADERFUNCTION, &Callback<&Receiver::TakeHeaderLine>);
    Set(CURLOPT_HEADERDATA, &receiver);
    Set(CURLOPT_WRITEFUNCTION, &Callback<&Receiver::TakeBody>);
    Set(CURLOPT_WRITEDATA, &receiver);
    const CURLcode code = curl_easy_perform(handle_.get());
    if (code != CURLE_OK && !outcome.error) {
      outcome.may_pass = MayPass(code);
      outcome.error = NoAnswer(code, name, reason.data(), options);
    } else if (code == CURLE_OK && !receiver.head_is_whole) {  // libcurl takes a part for the whole
      outcome.may_pass = true;
      outcome.error = NoAnswer(CURLE_PARTIAL_FILE, name, reason.data(), options);
    }
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
      outcome.retry_after_seconds = static_cast<double>(seconds);
    return outcome;
  }

 private:
  template <typename Setting>
  void Set(CURLoption option, Setting setting) {
    // Only want of memory or our own fault makes this fail; unchecked, a guard might be missing.
    CHECK(curl_easy_setopt(handle_.get(), option, setting) == CURLE_OK);
  }

  void SetBounds(const HttpClientOptions& options) {
    const auto milliseconds = [](double seconds) {
      return static_cast<long>(std::ceil(std::min(seconds, 1e6) * 1000));  // NOLINT: libcurl's type
    };
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_seconds));
    Set(CURLOPT_TIMEOUT_MS, milliseconds(options.total_seconds));
    Set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    // A proxy that some environment variable names must not see what is sent.
    Set(CURLOPT_PROXY, "");
  }

  void SetTrust(const HttpClientOptions& options) {
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    Set(CURLOPT_SSL_VERIFYPEER, 1L);
    Set(CURLOPT_SSL_VERIFYHOST, 2L);
    Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});  // NOLINT: libcurl's type
    if (options.ca_file.empty()) return;
    Set(CURLOPT_CAINFO, options.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // no other authority than the file's
  }

  HeaderList SetRequest(const ClientRequest& request, const HttpClientOptions& options) {
    Set(CURLOPT_URL, request.url.c_str());
    Set(CURLOPT_PATH_AS_IS, 1L);  // what is signed must be what is sent
    Set(CURLOPT_USERAGENT, options.user_agent.c_str());
    const bool has_body = !request.body.empty() || request.method == "POST" ||
                          request.method == "PUT" || request.method == "PATCH";
    if (has_body) {
      Set(CURLOPT_POST, 1L);
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      Set(CURLOPT_POSTFIELDS, request.body.c_str());
    } else if (request.method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
    }
    Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    HeaderList list(nullptr, curl_slist_free_all);
    const auto add = [&](const std::string& line) {
      curl_slist* longer = curl_slist_append(list.get(), line.c_str());
      CHECK(longer != nullptr);
      static_cast<void>(list.release());
      list.reset(longer);
    };
    add("Expect:");  // no second of waiting before a large body
    bool names_type = false;
    for (const auto& [name, value] : request.headers) {
      if (IsOwnHeader(name)) continue;
      names_type = names_type || EqualsIgnoreCase(name, "content-type");
      // "name;" is how libcurl is told of an empty value.
      add(base::Trim(value).empty() ? name + ";" : format("{}: {}", name, value));
    }
    if (has_body && !names_type) add("Content-Type:");  // libcurl would call it a form
    Set(CURLOPT_HTTPHEADER, list.get());
    return list;
  }

  bool MayPass(CURLcode code) const {
    long sent = 0;  // NOLINT: libcurl's type
    curl_easy_getinfo(handle_.get(), CURLINFO_REQUEST_SIZE, &sent);
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
           code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_PARTIAL_FILE || (code == CURLE_OPERATION_TIMEDOUT && sent == 0);
  }

  // libcurl's own words are used only where they cannot hold a part of the request or the answer.
  static Error NoAnswer(CURLcode code, const std::string& name, const char* reason,
                        const HttpClientOptions& options) {
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return base::Unavailable(format(
          "{} got no whole answer in time ({} s to connect, {} s in all); try again later, or "
          "allow more",
          name, options.connect_seconds, options.total_seconds));
    }
    const bool spoken =
        IsTlsFault(code) || code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST;
    return base::Unavailable(format("{} got no whole answer: {}{}", name,
                                    spoken && reason[0] != '\0' ? reason : curl_easy_strerror(code),
                                    CureOf(code)));
  }

  const Handle handle_;
};

}  // namespace

Result<std::string> NameRequest(const ClientRequest& request) {
  TRY(CheckHead(request));
  const Url url(curl_url(), curl_url_cleanup);
  if (url == nullptr ||
      curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK ||
      request.url.find('\0') != std::string::npos) {
    return base::InvalidInput("a request's URL is like https://host:port/path?query");
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https")
    return base::InvalidInput("requests are sent to http:// and https:// URLs only");
  const std::string host = PartOf(url.get(), CURLUPART_HOST);
  const std::string port = PartOf(url.get(), CURLUPART_PORT);
  std::string name = format("{} {}{}{}{}", request.method, host, port.empty() ? "" : ":", port,
                            PartOf(url.get(), CURLUPART_PATH));
  if (!PartOf(url.get(), CURLUPART_USER).empty() ||
      !PartOf(url.get(), CURLUPART_PASSWORD).empty()) {
    return base::InvalidInput(
        format("{} has a user name or password in its URL; put them into a header", name));
  }
  return name;
}

Result<std::unique_ptr<HttpTransfer>> HttpTransfer::Create() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Handle handle(started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (handle == nullptr) return base::Internal("libcurl does not start");
  return std::unique_ptr<HttpTransfer>(std::make_unique<CurlTransfer>(std::move(handle)));
}

}  // namespace codman::net
