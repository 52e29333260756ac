// The one implementation of SqlEngine, with what the sandbox for users' SQL needs beyond it.
#pragma once

#include <duckdb.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/sql_engine.h"

namespace codman::engine {

class DuckDbEngine : public SqlEngine {
 public:
  static Result<std::unique_ptr<DuckDbEngine>> Start(const EngineOptions& options);
  ~DuckDbEngine() override;

  Result<> Execute(const std::string& sql) override;
  Result<> Query(const std::string& sql,
                 const std::function<Result<>(const columns::Table&)>& sink) override;
  Result<columns::Schema> Describe(const std::string& sql) override;
  Result<> Append(const std::string& table, const columns::Table& rows) override;
  Result<> LoadDelta() override;

  // Parses, without binding or running anything; a syntax error is told.
  Result<int64_t> CountStatements(const std::string& sql);
  // Ends the running call with an error, soon. The only method that does not wait for its turn.
  void Interrupt();

 private:
  using NamedTypes = std::vector<std::pair<std::string, duckdb_type>>;

  Result<> Connect(const EngineOptions& options);
  Result<NamedTypes> RawTypes(const std::string& sql);
  Result<std::string> WithCasts(const std::string& sql);

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
  std::mutex mutex_;
  bool delta_loaded_ = false;
};

}  // namespace codman::engine
