#include "lakehouse/bronze_writer.h"

#include <algorithm>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "events/normalizer.h"
#include "lakehouse/delivery.h"

namespace codman::lakehouse {
namespace {

using columns::Type;

constexpr size_t kBytesPerCommit = 32 << 20;
constexpr size_t kBytesPerAppend = 2 << 20;
constexpr char kOrigins[] = "bronze_origins";

// What the rows of a commit share stands once, in `origins`.
constexpr char kBronzeSql[] = R"(
select {} as feed, source, null::varchar as source_record_id,
       place || row::varchar as source_position, received_time, received_seq, payload, content_type
from {} join (select origin, place, source::{} as source, content_type::{} as content_type from {})
using (origin))";

columns::Schema OriginSchema() {
  return {{"origin", Type::kInt64},
          {"source", Type::kString},
          {"place", Type::kString},
          {"content_type", Type::kString}};
}

// Rows of one feed and one hour received, on their way into a commit: the last few here, those
// before them in a table of the SQL engine.
class Waiting {
 public:
  Waiting(engine::SqlEngine* engine, std::string table)
      : engine_(engine),
        table_(std::move(table)),
        rows_({{"origin", Type::kInt64},
               {"row", Type::kInt64},
               {"received_time", Type::kTimestamp},
               {"received_seq", Type::kInt64},
               {"payload", Type::kString}}),
        origins_(OriginSchema()) {}

  std::map<std::string, int64_t> txns;
  uint64_t next_seq = 0;
  std::string date, hour;

  int64_t num_rows() const { return num_rows_; }
  size_t num_bytes() const { return num_bytes_; }

  Result<> Take(const Delivery& delivery, const storage::LogRecord& record) {
    auto& columns = rows_.columns;
    int64_t origins[2] = {-1, -1};  // of rows that are no text, and of those that are
    for (size_t i = 0; i < delivery.rows.size(); ++i) {
      auto index = static_cast<int64_t>(i);
      bool text = base::IsUtf8(delivery.rows[i]);
      int64_t& origin = origins[text ? 1 : 0];
      if (origin < 0) origin = OriginOf(delivery, text);
      columns[0].AppendInt(origin);
      columns[1].AppendInt(delivery.first_row + index);
      columns[2].AppendInt(record.time_us);
      columns[3].AppendInt(ReceivedSeq(record.seq, index));
      if (text)
        columns[4].AppendString(delivery.rows[i]);
      else
        columns[4].AppendString(base::ToBase64Url(delivery.rows[i]));
      num_bytes_ += delivery.rows[i].size();
    }
    num_rows_ += static_cast<int64_t>(delivery.rows.size());
    txns["file:" + delivery.file_sha256] = delivery.file_rows;
    if (delivery.ends_file) txns["complete:" + delivery.file_sha256] = 1;
    next_seq = record.seq + 1;
    if (columns[4].strings.num_bytes() >= kBytesPerAppend) TRY(Stage());
    return {};
  }

  // SQL that yields the rows in bronze's columns, in the order of their arrival.
  Result<std::string> Select(const std::string& feed) {
    TRY(Stage());
    TRY(engine_->CreateTable(kOrigins, OriginSchema()));
    TRY(engine_->Append(kOrigins, origins_));
    return format(kBronzeSql, engine::EnumLiteral(feed), table_,
                  engine::EnumOf(*origins_.Find("source")),
                  engine::EnumOf(*origins_.Find("content_type")), kOrigins);
  }

  Result<> Clear() {
    txns.clear();
    origins_.Clear();
    num_rows_ = 0;
    num_bytes_ = 0;
    is_staged_ = false;
    return engine_->Execute(format("drop table {}; drop table {}", table_, kOrigins));
  }

 private:
  Result<> Stage() {
    if (!is_staged_) TRY(engine_->CreateTable(table_, rows_.schema()));
    is_staged_ = true;
    TRY(engine_->Append(table_, rows_));
    rows_.Clear();
    return {};
  }

  // Consecutive deliveries are usually of one member. What is no UTF-8 is kept as base64url, and
  // its content type says so: a column of texts would lose it.
  int64_t OriginOf(const Delivery& delivery, bool text) {
    std::string content_type =
        (text ? "" : std::string(events::kBytesMark)) + delivery.content_type;
    std::string place = format("file:{}/{}#", delivery.file_sha256, delivery.member);
    auto& columns = origins_.columns;
    auto count = static_cast<size_t>(origins_.num_rows());
    bool same = count > 0 && columns[1].strings[count - 1] == delivery.source &&
                columns[2].strings[count - 1] == place &&
                columns[3].strings[count - 1] == content_type;
    if (same) return static_cast<int64_t>(count) - 1;
    columns[0].AppendInt(static_cast<int64_t>(count));
    columns[1].AppendString(delivery.source);
    columns[2].AppendString(place);
    columns[3].AppendString(content_type);
    return static_cast<int64_t>(count);
  }

  engine::SqlEngine* engine_;
  std::string table_;
  columns::Table rows_, origins_;
  int64_t num_rows_ = 0;
  size_t num_bytes_ = 0;
  bool is_staged_ = false;
};

}  // namespace

BronzeWriter::BronzeWriter(Lake lake, engine::SqlEngine* engine, storage::DurableLog* log)
    : lake_(std::move(lake)), engine_(engine), log_(log) {}

std::string BronzeWriter::LogTxn(const std::string& feed) const {
  return format("log:{}/{}", log_->id(), feed);
}

Result<std::map<std::string, uint64_t>> BronzeWriter::NextSeqByFeed() const {
  std::map<std::string, uint64_t> next;
  for (const auto& feed : TRY(lake_.Feeds())) {
    auto snapshot = TRY(lake_.Bronze(feed).Load());
    auto found = snapshot.txns.find(LogTxn(feed));
    if (found != snapshot.txns.end()) next[feed] = static_cast<uint64_t>(found->second);
  }
  return next;
}

Result<BronzeProgress> BronzeWriter::Progress() const {
  BronzeProgress progress;
  auto reach = [&](const std::string& file, int64_t rows) {
    progress.file_rows[file] = std::max(progress.file_rows[file], rows);
  };
  for (const auto& feed : TRY(lake_.Feeds())) {
    for (const auto& [application, version] : TRY(lake_.Bronze(feed).Load()).txns) {
      if (application.starts_with("file:")) reach(application.substr(5), version);
      if (application.starts_with("complete:"))
        progress.file_complete[application.substr(9)] = true;
    }
  }
  TRY(log_->Read(1, [&](const storage::LogRecord& record) -> Result<> {
    Delivery delivery = TRY(DecodeDelivery(record.payload));
    reach(delivery.file_sha256, delivery.file_rows);
    if (delivery.ends_file) progress.file_complete[delivery.file_sha256] = true;
    return {};
  }));
  return progress;
}

Result<int64_t> BronzeWriter::Flush() {
  auto next_seq = TRY(NextSeqByFeed());
  std::map<std::string, Waiting> waiting;
  int64_t moved = 0;

  auto commit = [&](const std::string& feed, Waiting* batch) -> Result<> {
    auto table = lake_.Bronze(feed);
    auto snapshot = TRY(table.Load());
    engine::DeltaChange change{.operation = "INGEST", .txns = batch->txns};
    change.adds = TRY(table.WriteFile(engine_, TRY(batch->Select(feed)),
                                      {{"date", batch->date}, {"hour", batch->hour}}));
    change.txns[LogTxn(feed)] = static_cast<int64_t>(batch->next_seq);
    TRY(table.Commit(snapshot, change));
    moved += batch->num_rows();
    return batch->Clear();
  };

  TRY(log_->Read(log_->first_seq(), [&](const storage::LogRecord& record) -> Result<> {
    Delivery delivery = TRY(DecodeDelivery(record.payload));
    auto taken = next_seq.find(delivery.feed);
    if (taken != next_seq.end() && record.seq < taken->second) return {};
    std::string staging = format("bronze_staging_{}", waiting.size());
    auto place = waiting.try_emplace(delivery.feed, engine_, staging).first;
    Waiting& batch = place->second;
    std::string time = base::FormatTime(record.time_us);
    std::string date = time.substr(0, 10), hour = time.substr(11, 2);
    bool other_hour = batch.num_rows() > 0 && (date != batch.date || hour != batch.hour);
    if (other_hour || batch.num_bytes() > kBytesPerCommit) TRY(commit(delivery.feed, &batch));
    batch.date = date;
    batch.hour = hour;
    return batch.Take(delivery, record);
  }));
  for (auto& [feed, batch] : waiting) {
    if (!batch.txns.empty()) TRY(commit(feed, &batch));
  }
  TRY(log_->DropBefore(log_->next_seq()));
  return moved;
}

}  // namespace codman::lakehouse
