#include "lakehouse/bronze_writer.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/delivery.h"

namespace codman::lakehouse {
namespace {

constexpr size_t kBytesPerCommit = 32 << 20;
constexpr char kStaging[] = "bronze_staging";

// Rows of one feed and one hour received, waiting for their commit.
struct Waiting {
  columns::Table rows;
  std::map<std::string, int64_t> txns;
  uint64_t next_seq = 0;
  std::string date, hour;
};

columns::Schema StoredSchema(const Lake& lake) {
  auto snapshot_schema = lake.Bronze("any").Load();
  columns::Schema schema = snapshot_schema.ok() ? snapshot_schema->schema : columns::Schema{};
  std::erase_if(schema, [](const columns::Field& field) {
    return field.name == "date" || field.name == "hour";
  });
  return schema;
}

void Take(const Delivery& delivery, const storage::LogRecord& record, Waiting* waiting) {
  auto& columns = waiting->rows.columns;
  for (size_t i = 0; i < delivery.rows.size(); ++i) {
    columns[0].AppendString(delivery.feed);
    columns[1].AppendString(delivery.source);
    columns[2].AppendNull();
    columns[3].AppendString(delivery.PositionOf(static_cast<int64_t>(i)));
    columns[4].AppendInt(record.time_us);
    columns[5].AppendInt(ReceivedSeq(record.seq, static_cast<int64_t>(i)));
    columns[6].AppendString(delivery.rows[i]);
    columns[7].AppendString(delivery.content_type);
  }
  waiting->txns["file:" + delivery.file_sha256] = delivery.file_rows;
  if (delivery.ends_file) waiting->txns["complete:" + delivery.file_sha256] = 1;
  waiting->next_seq = record.seq + 1;
}

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
  columns::Schema schema = StoredSchema(lake_);
  int64_t moved = 0;

  auto commit = [&](const std::string& feed, Waiting* batch) -> Result<> {
    auto table = lake_.Bronze(feed);
    auto snapshot = TRY(table.Load());
    TRY(engine_->CreateTable(kStaging, schema));
    TRY(engine_->Append(kStaging, batch->rows));
    engine::DeltaChange change{.operation = "INGEST", .txns = batch->txns};
    change.adds = TRY(table.WriteFile(engine_, format("select * from {}", kStaging),
                                      {{"date", batch->date}, {"hour", batch->hour}}));
    change.txns[LogTxn(feed)] = static_cast<int64_t>(batch->next_seq);
    TRY(table.Commit(snapshot, change));
    moved += batch->rows.num_rows();
    batch->rows.Clear();
    batch->txns.clear();
    return engine_->Execute(format("drop table {}", kStaging));
  };

  TRY(log_->Read(log_->first_seq(), [&](const storage::LogRecord& record) -> Result<> {
    Delivery delivery = TRY(DecodeDelivery(record.payload));
    auto taken = next_seq.find(delivery.feed);
    if (taken != next_seq.end() && record.seq < taken->second) return {};
    auto [place, is_new] = waiting.try_emplace(delivery.feed);
    Waiting& batch = place->second;
    if (is_new) batch.rows = columns::Table(schema);
    std::string time = base::FormatTime(record.time_us);
    std::string date = time.substr(0, 10), hour = time.substr(11, 2);
    bool other_hour = batch.rows.num_rows() > 0 && (date != batch.date || hour != batch.hour);
    if (other_hour || batch.rows.columns[6].strings.num_bytes() > kBytesPerCommit)
      TRY(commit(delivery.feed, &batch));
    batch.date = date;
    batch.hour = hour;
    Take(delivery, record, &batch);
    return {};
  }));
  for (auto& [feed, batch] : waiting) {
    if (!batch.txns.empty()) TRY(commit(feed, &batch));
  }
  TRY(log_->DropBefore(log_->next_seq()));
  return moved;
}

}  // namespace codman::lakehouse
