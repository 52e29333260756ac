// A MatrixSource over Parquet parts, and the writer of such parts. Private to feature_store.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "columns/matrix.h"
#include "engine/sql_engine.h"
#include "feature_store/prediction_rows.h"

namespace codman::feature_store {

constexpr int64_t kValuesPerPart = 3 << 20;  // 24 MB of doubles

class ParquetMatrix : public columns::MatrixSource {
 public:
  ParquetMatrix(std::vector<std::string> files, std::vector<std::string> names, int64_t num_rows,
                std::string temp_folder);
  int64_t num_rows() const override { return num_rows_; }
  const std::vector<std::string>& feature_names() const override { return names_; }
  Result<> Scan(const std::function<Result<>(const columns::MatrixBlock&)>& sink) override;

 private:
  std::vector<std::string> files_, names_;
  int64_t num_rows_;
  std::string temp_folder_;
  // One engine per reading thread, their own: a scan must not block the caller's engine.
  std::vector<std::unique_ptr<engine::SqlEngine>> engines_;
};

// Writes rows [first, first + count) of `rows` with their vectors (row-major) as one Parquet file,
// while the caller makes the next: a part's failure is told by the next call. One thread of the
// engine is enough to keep up, and several would spin where they wait for each other.
class PartWriter {
 public:
  static Result<PartWriter> Open(std::string folder, std::vector<std::string> names,
                                 const std::string& temp_folder);
  Result<> Write(const PredictionRows& rows, int64_t first, const std::vector<double>& values);
  const std::vector<std::string>& files() const { return files_; }
  // The row index beside the parts; on return all parts are written.
  Result<> WriteIndex(const PredictionRows& rows);

 private:
  static Result<> WritePart(engine::SqlEngine* engine, const columns::Table& table,
                            const std::string& path);
  // Waits for the part being written.
  Result<> Finish();

  std::string folder_;
  std::vector<std::string> names_, files_;
  std::unique_ptr<engine::SqlEngine> engine_;
  std::future<Result<>> writing_;  // uses the engine: goes first
};

Result<PredictionRows> ReadIndex(engine::SqlEngine* engine, const std::string& folder);

}  // namespace codman::feature_store
