#include "ingest/record_splitter.h"

#include "base/text.h"

namespace codman::ingest {
namespace {
constexpr size_t kMaxRecordBytes = 16 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}  // namespace

Result<> RecordSplitter::Give(std::string_view record, const Sink& sink) {
  if (first_ && record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
  first_ = false;
  if (record.ends_with('\r')) record.remove_suffix(1);
  if (record.empty()) return {};
  return sink(record);
}

Result<> RecordSplitter::Add(std::string_view bytes, const Sink& sink) {
  size_t begin = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    if (quoted_ && bytes[at] == '"') in_quotes_ = !in_quotes_;
    if (bytes[at] != '\n' || in_quotes_) continue;
    std::string_view piece = bytes.substr(begin, at - begin);
    begin = at + 1;
    if (rest_.empty()) {
      TRY(Give(piece, sink));
      continue;
    }
    rest_.append(piece);
    std::string whole = std::move(rest_);
    rest_.clear();
    TRY(Give(whole, sink));
  }
  rest_.append(bytes.substr(begin));
  if (rest_.size() > kMaxRecordBytes) {
    return base::DataQuality(format(
        "a record is longer than {} bytes; is this the declared format, and are all quotes closed?",
        kMaxRecordBytes));
  }
  return {};
}

Result<> RecordSplitter::Finish(const Sink& sink) {
  std::string whole = std::move(rest_);
  rest_.clear();
  return Give(whole, sink);
}

}  // namespace codman::ingest
