#include <algorithm>
#include <cmath>
#include <deque>
#include <future>
#include <limits>
#include <span>

#include "base/file.h"
#include "base/text.h"
#include "feature_store/parquet_matrix_internal.h"

namespace codman::feature_store {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr int64_t kEngineBytes = 400 << 20;
constexpr int64_t kReaderBytes = 200 << 20;
constexpr size_t kReaders = 2;

// Between rows and columns a few rows at a time: they stay in the cache while all columns pass by.
constexpr size_t kRowsAtATime = 16;

// Rows of `width` values to columns.
void FillColumns(const std::vector<double>& values, size_t width, std::span<Column> columns) {
  size_t count = values.size() / width;
  for (Column& column : columns) {
    column.doubles.resize(count);
    column.valid.resize(count);
  }
  for (size_t begin = 0; begin < count; begin += kRowsAtATime) {
    size_t end = std::min(begin + kRowsAtATime, count);
    for (size_t k = 0; k < width; ++k) {
      for (size_t i = begin; i < end; ++i) {
        double value = values[i * width + k];
        bool there = !std::isnan(value);
        columns[k].doubles[i] = there ? value : 0;
        columns[k].valid[i] = there ? 1 : 0;
      }
    }
  }
}

// Columns to rows.
void Transpose(const Table& chunk, std::vector<double>* rows) {
  size_t width = chunk.columns.size(), count = static_cast<size_t>(chunk.num_rows());
  rows->resize(count * width);
  for (size_t begin = 0; begin < count; begin += kRowsAtATime) {
    size_t end = std::min(begin + kRowsAtATime, count);
    for (size_t k = 0; k < width; ++k) {
      const Column& column = chunk.columns[k];
      for (size_t i = begin; i < end; ++i) {
        (*rows)[i * width + k] =
            column.valid[i] != 0 ? column.doubles[i] : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
}

}  // namespace

ParquetMatrix::ParquetMatrix(std::vector<std::string> files, std::vector<std::string> names,
                             int64_t num_rows, std::string temp_folder)
    : files_(std::move(files)),
      names_(std::move(names)),
      num_rows_(num_rows),
      temp_folder_(std::move(temp_folder)) {}

Result<> ParquetMatrix::Scan(const std::function<Result<>(const columns::MatrixBlock&)>& sink) {
  while (engines_.size() < kReaders) {
    engines_.push_back(TRY(engine::SqlEngine::Open(
        {.temp_folder = temp_folder_, .memory_limit_bytes = kReaderBytes, .num_threads = 1})));
  }
  std::string select;
  for (const auto& name : names_) select += (select.empty() ? "" : ", ") + engine::QuoteName(name);
  auto read = [&](size_t part) -> Result<std::vector<columns::MatrixBlock>> {
    std::vector<columns::MatrixBlock> blocks;
    TRY(engines_[part % kReaders]->Query(
        format("select {} from read_parquet({})", select, base::QuoteSql(files_[part])),
        [&](const Table& chunk) -> Result<> {
          if (chunk.num_rows() == 0) return {};
          blocks.push_back({.num_rows = chunk.num_rows(), .num_features = int(names_.size())});
          Transpose(chunk, &blocks.back().values);
          return {};
        }));
    return blocks;
  };
  // Parts are decoded ahead by as many threads as there are readers and handed over in order.
  std::deque<std::future<Result<std::vector<columns::MatrixBlock>>>> ahead;
  size_t next = 0;
  int64_t first_row = 0;
  while (next < files_.size() || !ahead.empty()) {
    while (next < files_.size() && ahead.size() < kReaders) {
      ahead.push_back(std::async(std::launch::async, read, next++));
    }
    auto blocks = TRY(ahead.front().get());
    ahead.pop_front();
    for (auto& block : blocks) {
      block.first_row = first_row;
      first_row += block.num_rows;
      TRY(sink(block));
    }
  }
  return {};
}

Result<PartWriter> PartWriter::Open(std::string folder, std::vector<std::string> names,
                                    const std::string& temp_folder) {
  PartWriter writer;
  writer.folder_ = std::move(folder);
  writer.names_ = std::move(names);
  TRY(base::MakeFolders(writer.folder_));
  writer.engine_ = TRY(engine::SqlEngine::Open(
      {.temp_folder = temp_folder, .memory_limit_bytes = kEngineBytes, .num_threads = 1}));
  return writer;
}

Result<> PartWriter::Write(const PredictionRows& rows, int64_t first,
                           const std::vector<double>& values) {
  size_t width = names_.size();
  auto count = static_cast<int64_t>(values.size() / width);
  columns::Schema schema = {{"subject_id", Type::kInt64},
                            {"prediction_time", Type::kTimestamp},
                            {"source_row", Type::kInt64}};
  for (const auto& name : names_) schema.push_back({name, Type::kDouble});
  Table table(schema);
  for (int64_t i = first; i < first + count; ++i) {
    auto row = static_cast<size_t>(i);
    table.columns[0].AppendInt(rows.subjects.ids[static_cast<size_t>(rows.subject[row])]);
    table.columns[1].AppendInt(rows.time_us[row]);
    table.columns[2].AppendInt(rows.source_row[row]);
  }
  FillColumns(values, width, std::span(table.columns).subspan(3));
  TRY(Finish());
  files_.push_back(format("{}/part-{:05}.parquet", folder_, files_.size()));
  writing_ =
      std::async(std::launch::async, WritePart, engine_.get(), std::move(table), files_.back());
  return {};
}

Result<> PartWriter::Finish() { return writing_.valid() ? writing_.get() : Result<>(); }

Result<> PartWriter::WritePart(engine::SqlEngine* engine, const Table& table,
                               const std::string& path) {
  TRY(engine->CreateTable("part", table.schema()));
  TRY(engine->Append("part", table));
  // Bloom filters would cost a third more and serve no reader: a matrix is read whole.
  TRY(
      engine->Execute(format("copy part to {} (format parquet, compression zstd, "
                             "compression_level 1, write_bloom_filter false)",
                             base::QuoteSql(path))));
  return engine->Execute("drop table part");
}

Result<> PartWriter::WriteIndex(const PredictionRows& rows) {
  TRY(Finish());
  Table table({{"subject", Type::kInt64},
               {"subject_id", Type::kInt64},
               {"identifier", Type::kString},
               {"prediction_time", Type::kTimestamp},
               {"source_row", Type::kInt64},
               {"label", Type::kDouble},
               {"hours", Type::kDouble},
               {"excluded_because", Type::kString}});
  for (size_t i = 0; i < rows.subject.size(); ++i) {
    auto subject = static_cast<size_t>(rows.subject[i]);
    table.columns[0].AppendInt(rows.subject[i]);
    table.columns[1].AppendInt(rows.subjects.ids[subject]);
    table.columns[2].AppendString(rows.subjects.identifiers[subject]);
    table.columns[3].AppendInt(rows.time_us[i]);
    table.columns[4].AppendInt(rows.source_row[i]);
    table.columns[5].AppendDoubleOrNull(rows.label[i]);
    table.columns[6].AppendDoubleOrNull(rows.hours[i]);
    table.columns[7].AppendString(rows.WhyExcluded(i));
  }
  TRY(engine_->CreateTable("row_index", table.schema()));
  TRY(engine_->Append("row_index", table));
  return engine_->Execute(format("copy row_index to {} (format parquet, compression zstd)",
                                 base::QuoteSql(folder_ + "/rows.parquet")));
}

Result<PredictionRows> ReadIndex(engine::SqlEngine* engine, const std::string& folder) {
  PredictionRows rows;
  auto take = [&](const Table& chunk) -> Result<> {
    for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
      auto subject = static_cast<int32_t>(chunk.columns[0].ints[i]);
      while (static_cast<int32_t>(rows.subjects.ids.size()) <= subject) {
        rows.subjects.ids.push_back(chunk.columns[1].ints[i]);
        rows.subjects.identifiers.emplace_back(chunk.columns[2].strings[i]);
      }
      auto number = [&](size_t k) {
        return chunk.columns[k].valid[i] != 0 ? chunk.columns[k].doubles[i]
                                              : std::numeric_limits<double>::quiet_NaN();
      };
      rows.subject.push_back(subject);
      rows.time_us.push_back(chunk.columns[3].ints[i]);
      rows.source_row.push_back(static_cast<int32_t>(chunk.columns[4].ints[i]));
      rows.label.push_back(number(5));
      rows.hours.push_back(number(6));
      rows.excluded.push_back(rows.PlaceOf(std::string(chunk.columns[7].strings[i])));
    }
    return {};
  };
  TRY(engine->Query(
      format("select * from read_parquet({})", base::QuoteSql(folder + "/rows.parquet")), take));
  return rows;
}

}  // namespace codman::feature_store
