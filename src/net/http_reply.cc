#include <charconv>

#include "base/text.h"
#include "net/http_head_internal.h"
#include "net/http_reply_internal.h"

namespace codman::net {
namespace {

struct StatusRow {
  int status;
  std::string_view reason;
  std::string_view advice;  // where the server itself answers it
};

constexpr StatusRow kStatuses[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {206, "Partial Content", ""},
    {301, "Moved Permanently", ""},
    {302, "Found", ""},
    {303, "See Other", ""},
    {304, "Not Modified", ""},
    {307, "Temporary Redirect", ""},
    {308, "Permanent Redirect", ""},
    {400, "Bad Request", "The request is not well-formed HTTP/1.1 and was not read further."},
    {401, "Unauthorized", ""},
    {403, "Forbidden", ""},
    {404, "Not Found", ""},
    {405, "Method Not Allowed", ""},
    {406, "Not Acceptable", ""},
    {408, "Request Timeout", "The request did not arrive in time; send it again without pauses."},
    {409, "Conflict", ""},
    {410, "Gone", ""},
    {412, "Precondition Failed", ""},
    {413, "Content Too Large", "The body is larger than this server accepts; send it in parts."},
    {414, "URI Too Long", "The request line is longer than this server accepts."},
    {415, "Unsupported Media Type", ""},
    {417, "Expectation Failed", "Only Expect: 100-continue is supported."},
    {422, "Unprocessable Content", ""},
    {429, "Too Many Requests", ""},
    {431, "Request Header Fields Too Large", "Send fewer or shorter header fields."},
    {500, "Internal Server Error", "The request was accepted but no answer was produced."},
    {501, "Not Implemented", "This method is not supported by this server."},
    {502, "Bad Gateway", ""},
    {503, "Service Unavailable", "Too many connections are open; try again shortly."},
    {504, "Gateway Timeout", ""},
};

const StatusRow* FindStatus(int status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return &row;
  }
  return nullptr;
}

void AppendNumber(size_t value, std::string* out) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out->append(digits, end);
}

// A name or value with a line end in it would let a handler's input write header fields of its own.
bool IsSafe(std::string_view text) {
  for (char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool BelongsToServer(std::string_view name) {
  return EqualsIgnoreCase(name, "content-length") || EqualsIgnoreCase(name, "transfer-encoding") ||
         EqualsIgnoreCase(name, "connection") || EqualsIgnoreCase(name, "date");
}

void AppendField(std::string_view name, std::string_view value, std::string* out) {
  if (name.empty() || !IsSafe(name) || !IsSafe(value)) return;
  out->append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view ReasonOf(int status) {
  const StatusRow* row = FindStatus(status);
  return row == nullptr ? std::string_view("Unknown") : row->reason;
}

void AppendReply(const HttpResponse& response, const ReplyFrame& frame, std::string_view date,
                 std::string* out) {
  const int status = response.status < 200 || response.status > 599 ? 500 : response.status;
  const bool bodiless = status == 204 || status == 304;
  if (status == 200) {
    out->append("HTTP/1.1 200 OK\r\nDate: ");
  } else {
    out->append("HTTP/1.1 ");
    AppendNumber(static_cast<size_t>(status), out);
    out->append(" ").append(ReasonOf(status)).append("\r\nDate: ");
  }
  out->append(date).append("\r\n");
  if (!bodiless) {
    if (!response.content_type.empty()) AppendField("Content-Type", response.content_type, out);
    out->append("Content-Length: ");
    AppendNumber(response.body.size(), out);
    out->append("\r\n");
  }
  for (const auto& [name, value] : response.headers) {
    if (!BelongsToServer(name)) AppendField(name, value, out);
  }
  out->append(frame.close ? "Connection: close\r\n\r\n" : "\r\n");
  if (!bodiless && !frame.without_body) out->append(response.body);
}

void AppendReply(const PreparedResponse& response, const ReplyFrame& frame, std::string_view date,
                 std::string* out) {
  out->append("HTTP/1.1 200 OK\r\nDate: ").append(date).append("\r\n");
  out->append(response.fields).append("Content-Length: ");
  AppendNumber(response.body.size(), out);
  out->append(frame.close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  if (!frame.without_body) out->append(response.body);
}

HttpResponse RefusalOf(int status) {
  const StatusRow* row = FindStatus(status);
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body =
      format(R"({{"type":"about:blank","title":"{}","status":{},"detail":"{}"}})", ReasonOf(status),
             status, row == nullptr ? std::string_view{} : row->advice);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string FormatHttpDate(std::time_t time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&time, &utc);
  return format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday,
                kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace codman::net
