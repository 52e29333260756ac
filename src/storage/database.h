// The relational store: users, models, runs, jobs, checkpoints. Embedded: SQLite in WAL mode.
//
// Thread-safe: calls are serialised. Text is bound, never pasted into SQL. Migrations are numbered
// per room and only go forward; a database written by a newer program is refused.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace codman::storage {

using Value = std::variant<std::monostate, int64_t, double, std::string>;

struct Rows {
  std::vector<std::string> names;
  std::vector<std::vector<Value>> rows;

  // Typed reads; the other kind's natural reading where it differs ("" or 0 for null).
  std::string Text(size_t row, std::string_view name) const;
  int64_t Int(size_t row, std::string_view name) const;
  double Double(size_t row, std::string_view name) const;
  bool IsNull(size_t row, std::string_view name) const;
  size_t size() const { return rows.size(); }

 private:
  const Value& At(size_t row, std::string_view name) const;
};

struct Migration {
  int number = 0;  // 1, 2, 3, … within the room
  const char* sql = "";
};

class Database {
 public:
  virtual ~Database() = default;
  virtual Result<Rows> Query(const std::string& sql, const std::vector<Value>& parameters = {}) = 0;
  // Number of rows changed.
  virtual Result<int64_t> Execute(const std::string& sql,
                                  const std::vector<Value>& parameters = {}) = 0;
  // All or nothing: rolls back where `work` returns an error.
  virtual Result<> Transaction(const std::function<Result<>()>& work) = 0;

  // Brings one room's tables up to its newest migration.
  Result<> Migrate(const std::string& room, std::span<const Migration> migrations);
};

// Creates the file (0600) where there is none.
Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path);

}  // namespace codman::storage
