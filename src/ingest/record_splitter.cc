#include "ingest/record_splitter.h"

#include <algorithm>

#include "base/text.h"

namespace codman::ingest {
namespace {
constexpr size_t kMaxRecordBytes = 16 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error TooLong() {
  return base::DataQuality(format(
      "a record is longer than {} bytes; is this the declared format, and are all quotes closed?",
      kMaxRecordBytes));
}
}  // namespace

Result<> RecordSplitter::Give(std::string_view record, const Sink& sink) {
  if (record.size() > kMaxRecordBytes) return TooLong();
  if (first_ && record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
  first_ = false;
  if (record.ends_with('\r')) record.remove_suffix(1);
  if (record.empty()) return {};
  return sink(record);
}

Result<> RecordSplitter::Add(std::string_view bytes, const Sink& sink) {
  size_t begin = 0, counted = 0;  // quotes before `counted` are in in_quotes_
  for (size_t end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n', end + 1)) {
    if (quoted_) {
      auto quotes = std::count(bytes.begin() + counted, bytes.begin() + end, '"');
      in_quotes_ = in_quotes_ != (quotes % 2 == 1);
      counted = end;
      if (in_quotes_) continue;
    }
    std::string_view piece = bytes.substr(begin, end - begin);
    begin = end + 1;
    if (rest_.empty()) {
      TRY(Give(piece, sink));
      continue;
    }
    rest_.append(piece);
    std::string whole = std::move(rest_);
    rest_.clear();
    TRY(Give(whole, sink));
  }
  if (quoted_) {
    auto quotes = std::count(bytes.begin() + counted, bytes.end(), '"');
    in_quotes_ = in_quotes_ != (quotes % 2 == 1);
  }
  rest_.append(bytes.substr(begin));
  if (rest_.size() > kMaxRecordBytes) return TooLong();
  return {};
}

Result<> RecordSplitter::Finish(const Sink& sink) {
  std::string whole = std::move(rest_);
  rest_.clear();
  return Give(whole, sink);
}

}  // namespace codman::ingest
