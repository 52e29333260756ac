#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "events/normalizer.h"
#include "ingest/delivery_writer_internal.h"

namespace codman::ingest {
namespace {

constexpr size_t kBytesPerDelivery = 1 << 20;
constexpr int64_t kBytesPerSync = 8 << 20;
constexpr int64_t kBytesPerFlush = 96 << 20;

}  // namespace

Result<> LogAppender::Append(const lakehouse::Delivery& delivery, std::string_view rows) {
  std::string bytes = lakehouse::EncodeDelivery(delivery, rows);
  uint64_t seq = TRY(log_->Append(bytes, base::NowUs()));
  unsynced_ += static_cast<int64_t>(bytes.size());
  unflushed_ += static_cast<int64_t>(bytes.size());
  if (unsynced_ < kBytesPerSync) return {};
  TRY(log_->Sync(seq));
  unsynced_ = 0;
  if (unflushed_ < kBytesPerFlush) return {};
  unflushed_ = 0;
  TRY(bronze_->Flush());
  return {};
}

Result<> MemberWriter::Header(std::string_view line, IngestReport* report) {
  bool psv = source_.format == events::Format::kPsv;
  bool readable = base::IsUtf8(line);
  delivery_.content_type =
      format("text/{};header={}", psv ? "psv" : "csv", readable ? line : std::string_view());
  if (!readable) {
    return base::DataQuality(
        format("the header of {} is no UTF-8: convert the file first, for example with iconv -f "
               "latin1 -t utf-8",
               delivery_.member));
  }
  std::vector<std::string> extra;
  TRY(events::CheckHeader(source_, line, &extra).While("reading " + delivery_.member));
  for (const auto& column : extra) {
    auto& known = report->extra_columns;
    if (std::find(known.begin(), known.end(), column) == known.end()) known.push_back(column);
  }
  return {};
}

Result<> MemberWriter::Row(std::string_view row) {
  ++rows_seen_;
  if (delivery_.file_rows + 1 <= already_taken_) {
    ++delivery_.file_rows;
    return {};
  }
  if (num_pending_ == 0) delivery_.first_row = rows_seen_;
  ++delivery_.file_rows;
  lakehouse::EncodeRow(row, &pending_);
  ++num_pending_;
  ++rows_taken_;
  bool full =
      pending_.size() >= kBytesPerDelivery || num_pending_ == lakehouse::kMaxRowsPerDelivery;
  return full ? Send() : Result<>();
}

Result<> MemberWriter::Send() {
  if (num_pending_ == 0) return {};
  TRY(log_->Append(delivery_, pending_));
  pending_.clear();
  num_pending_ = 0;
  return {};
}

}  // namespace codman::ingest
