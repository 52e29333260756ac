#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "net/http_head_internal.h"

namespace codman::net {
namespace {

using Field = std::pair<std::string_view, std::string_view>;

// One bit per question that is asked of every byte.
enum : uint8_t { kToken = 1, kTarget = 2, kValue = 4, kHost = 8 };

constexpr std::array<uint8_t, 256> MakeCharacterTable() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alphanumeric) table[c] = kToken | kHost;
    if (c > 0x20 && c < 0x7f && c != '#') table[c] |= kTarget;
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) table[c] |= kValue;
  }
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] |= kToken;
  for (char c : std::string_view("-._~!$&'()*+,;=:[]%")) table[static_cast<uint8_t>(c)] |= kHost;
  return table;
}
constexpr std::array<uint8_t, 256> kCharacters = MakeCharacterTable();

bool All(std::string_view text, uint8_t kind) {
  uint8_t common = kind;
  for (char c : text) common &= kCharacters[static_cast<uint8_t>(c)];
  return common == kind;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool HasListItem(std::string_view list, std::string_view item) {
  while (true) {
    const size_t comma = list.find(',');
    if (EqualsIgnoreCase(TrimBlanks(list.substr(0, comma)), item)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool IsKnownMethod(std::string_view method) {
  static constexpr std::string_view kMethods[] = {"GET",    "POST",    "HEAD",  "PUT",  "PATCH",
                                                  "DELETE", "OPTIONS", "TRACE", "QUERY"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

// Splits the target into path and query; the absolute form loses its scheme and authority.
bool ParseTarget(std::string_view target, HttpRequest* request) {
  if (target.empty() || !All(target, kTarget)) return false;
  if (target == "*") {
    request->path = target;
    request->query = {};
    return request->method == "OPTIONS";
  }
  for (std::string_view scheme : {"http://", "https://"}) {
    if (target.size() <= scheme.size() ||
        !EqualsIgnoreCase(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const size_t slash = target.find('/');
    if (slash == 0 || slash == std::string_view::npos || !All(target.substr(0, slash), kHost))
      return false;
    target.remove_prefix(slash);
    break;
  }
  if (target.front() != '/') return false;
  const size_t mark = target.find('?');
  request->path = target.substr(0, mark);
  request->query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  return true;
}

// Digits only. What overflows is merely a body that is too long, so it saturates.
std::optional<int64_t> ParseContentLength(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<int64_t>::max();
  return value;
}

// What the fields say about framing, gathered over all of them before anything is decided.
struct Framers {
  int num_hosts = 0;
  int num_transfer_encodings = 0;
  bool transfer_encoding_is_chunked = false;
  std::optional<int64_t> content_length;
  bool close = false;
  bool expects_continue = false;
};

int ReadFramer(const Field& field, Framers* framers) {
  const auto& [name, value] = field;
  switch (name.size()) {
    case 4:
      if (!EqualsIgnoreCase(name, "host")) return 0;
      ++framers->num_hosts;
      return All(value, kHost) ? 0 : 400;
    case 6:
      if (!EqualsIgnoreCase(name, "expect")) return 0;
      framers->expects_continue = EqualsIgnoreCase(value, "100-continue");
      return framers->expects_continue ? 0 : 417;
    case 10:
      if (EqualsIgnoreCase(name, "connection") && HasListItem(value, "close"))
        framers->close = true;
      return 0;
    case 14: {
      if (!EqualsIgnoreCase(name, "content-length")) return 0;
      const std::optional<int64_t> length = ParseContentLength(value);
      if (!length || (framers->content_length && framers->content_length != length)) return 400;
      framers->content_length = length;
      return 0;
    }
    case 17:
      if (!EqualsIgnoreCase(name, "transfer-encoding")) return 0;
      ++framers->num_transfer_encodings;
      framers->transfer_encoding_is_chunked = EqualsIgnoreCase(value, "chunked");
      return 0;
    default:
      return 0;
  }
}

int Decide(const Framers& framers, bool version_1_1, HttpFraming* framing) {
  if (framers.num_hosts > 1 || (version_1_1 && framers.num_hosts == 0)) return 400;
  if (framers.num_transfer_encodings > 0) {
    const bool sound = framers.num_transfer_encodings == 1 &&
                       framers.transfer_encoding_is_chunked && version_1_1 &&
                       !framers.content_length;
    if (!sound) return 400;
  }
  framing->chunked = framers.num_transfer_encodings > 0;
  framing->content_length = framers.content_length.value_or(0);
  framing->keep_alive = version_1_1 && !framers.close;
  framing->expects_continue = version_1_1 && framers.expects_continue;
  return 0;
}

}  // namespace

bool IsToken(std::string_view text) { return !text.empty() && All(text, kToken); }

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

int ParseRequestLine(std::string_view line, HttpRequest* request, bool* version_1_1) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return 400;
  request->method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(request->method)) return 400;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return 400;
  *version_1_1 = version == "HTTP/1.1";
  // A method that is not offered may have a target form of its own (CONNECT host:port).
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!IsKnownMethod(request->method)) return All(target, kTarget) ? 501 : 400;
  return ParseTarget(target, request) ? 0 : 400;
}

bool ParseField(std::string_view line, Field* field) {
  const size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  *field = {line.substr(0, colon), TrimBlanks(line.substr(colon + 1))};
  return All(field->first, kToken) && All(field->second, kValue);
}

int ParseHead(std::string_view head, HttpRequest* request, HttpFraming* framing) {
  request->headers.clear();
  size_t end = head.find("\r\n");
  if (end == std::string_view::npos) return 400;
  bool version_1_1 = true;
  if (int status = ParseRequestLine(head.substr(0, end), request, &version_1_1)) return status;
  Framers framers;
  int refused = 0;
  for (size_t begin = end + 2; begin < head.size(); begin = end + 2) {
    end = head.find("\r\n", begin);
    if (end == std::string_view::npos) return 400;
    Field field;
    if (!ParseField(head.substr(begin, end - begin), &field)) return 400;
    if (request->headers.size() == kMaxHeaderFields) return 431;
    // A broken field further down outweighs an expectation that cannot be met.
    if (int status = ReadFramer(field, &framers); status == 400)
      return status;
    else if (status != 0)
      refused = status;
    request->headers.push_back(field);
  }
  if (int status = Decide(framers, version_1_1, framing)) return status;
  return refused;
}

}  // namespace codman::net
