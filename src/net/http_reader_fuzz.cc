// Bytes from a client, in one piece and cut at arbitrary places: the same requests, the same
// refusal.
//
// Input: one byte n, n bytes that say where to cut, the rest is what the client sends.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "net/http_reader_internal.h"

namespace codman::net {
namespace {

constexpr int64_t kMaxHeaderBytes = 512, kMaxBodyBytes = 1024;

void Describe(HttpReader* reader, std::vector<std::string>* seen) {
  HttpRequest& request = reader->request();
  std::string text = std::string(request.method) + '\n' + std::string(request.path) + '\n' +
                     std::string(request.query) + '\n' + std::string(request.body) + '\n' +
                     (reader->keep_alive() ? "keep" : "close");
  for (const auto& [name, value] : request.headers)
    text += '\n' + std::string(name) + ": " + std::string(value);
  CHECK(request.body.size() <= kMaxBodyBytes);
  seen->push_back(std::move(text));
}

// Cuts of 0 bytes mean "all that is left".
std::vector<std::string> Read(std::string_view bytes, std::string_view cuts) {
  HttpReader reader(kMaxHeaderBytes, kMaxBodyBytes);
  std::vector<std::string> seen;
  for (size_t i = 0; !bytes.empty(); ++i) {
    const std::span<char> space = reader.Space();
    CHECK(!space.empty());
    size_t count = cuts.empty() ? 0 : static_cast<unsigned char>(cuts[i % cuts.size()]);
    count = std::min({count == 0 ? bytes.size() : count, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), count);
    reader.Received(count);
    bytes.remove_prefix(count);
    HttpReader::State state = HttpReader::State::kNeedMore;
    while ((state = reader.Advance()) == HttpReader::State::kReady) {
      Describe(&reader, &seen);
      reader.Next();
    }
    if (state != HttpReader::State::kFailed) continue;
    const int status = reader.refusal();
    CHECK(status >= 400 && status < 600 && status != 500);
    seen.push_back("refused " + std::to_string(status));
    break;
  }
  return seen;
}

}  // namespace
}  // namespace codman::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t num_cuts = std::min<size_t>(data[0], bytes.size());
  const std::string_view sent = bytes.substr(num_cuts);
  CHECK(codman::net::Read(sent, bytes.substr(0, num_cuts)) == codman::net::Read(sent, ""));
  return 0;
}
