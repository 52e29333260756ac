#include "storage/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>

#include "base/clock.h"
#include "base/text.h"

namespace codman::storage {
namespace {

using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

const char* CureOf(int code) {
  switch (code) {
    case SQLITE_FULL:
      return "; free some space and try again";
    case SQLITE_IOERR:
      return "; free some space or mend the disk, then try again";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "; check the owner and rights of its file and folder";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; restore it from a backup";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another program holds it: end that one or try again";
    default:
      return "";
  }
}

class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(sqlite3* handle) : handle_(handle) {}
  ~SqliteDatabase() override { sqlite3_close(handle_); }

  Result<Rows> Query(const std::string& sql, const std::vector<Value>& parameters) override {
    std::lock_guard lock(mutex_);
    Statement statement = TRY(Prepare(sql, parameters));
    Rows rows;
    for (int i = 0; i < sqlite3_column_count(statement.get()); ++i) {
      rows.names.emplace_back(sqlite3_column_name(statement.get(), i));
    }
    int state = 0;
    while ((state = sqlite3_step(statement.get())) == SQLITE_ROW)
      rows.rows.push_back(ReadRow(statement.get()));
    if (state != SQLITE_DONE) return Failure(sql);
    return rows;
  }

  Result<int64_t> Execute(const std::string& sql, const std::vector<Value>& parameters) override {
    std::lock_guard lock(mutex_);
    if (parameters.empty()) {
      if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return Failure(sql);
      return sqlite3_changes64(handle_);
    }
    Statement statement = TRY(Prepare(sql, parameters));
    int state = sqlite3_step(statement.get());
    if (state != SQLITE_DONE && state != SQLITE_ROW) return Failure(sql);
    return sqlite3_changes64(handle_);
  }

  Result<> Transaction(const std::function<Result<>()>& work) override {
    std::lock_guard lock(mutex_);
    TRY(Execute("begin immediate", {}));
    Result<> done = work();
    if (done.ok()) {
      auto committed = Execute("commit", {});
      if (committed.ok()) return {};
      done = std::move(committed).error();
    }
    // A full disk may have ended the transaction already. Why it failed is the news; a rollback
    // that fails too leaves SQLite to roll back when the file is opened again.
    if (sqlite3_get_autocommit(handle_) == 0)
      sqlite3_exec(handle_, "rollback", nullptr, nullptr, nullptr);
    return done;
  }

 private:
  Error Failure(const std::string& sql) const {
    int code = sqlite3_errcode(handle_) & 0xff;  // without the extension
    std::string message = format("the database refused \"{}\": {}{}", sql.substr(0, 80),
                                 sqlite3_errmsg(handle_), CureOf(code));
    if (code == SQLITE_CONSTRAINT) return base::Conflict(message);
    return base::Unavailable(message);
  }

  Result<Statement> Prepare(const std::string& sql, const std::vector<Value>& parameters) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
      return Failure(sql);
    Statement statement(raw, sqlite3_finalize);
    for (size_t i = 0; i < parameters.size(); ++i)
      Bind(raw, static_cast<int>(i + 1), parameters[i]);
    return statement;
  }

  static void Bind(sqlite3_stmt* statement, int at, const Value& value) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      sqlite3_bind_int64(statement, at, *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      sqlite3_bind_double(statement, at, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()),
                        SQLITE_TRANSIENT);
    } else {
      sqlite3_bind_null(statement, at);
    }
  }

  static std::vector<Value> ReadRow(sqlite3_stmt* statement) {
    std::vector<Value> row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
          row.emplace_back(int64_t(sqlite3_column_int64(statement, i)));
          break;
        case SQLITE_FLOAT:
          row.emplace_back(sqlite3_column_double(statement, i));
          break;
        case SQLITE_NULL:
          row.emplace_back();
          break;
        default: {
          const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
          row.emplace_back(std::string(bytes == nullptr ? "" : bytes,
                                       size_t(sqlite3_column_bytes(statement, i))));
        }
      }
    }
    return row;
  }

  sqlite3* handle_;
  std::recursive_mutex mutex_;  // recursive: the work of a transaction calls Query and Execute
};

}  // namespace

const Value& Rows::At(size_t row, std::string_view name) const {
  static const Value kNone;
  auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? kNone : rows[row][static_cast<size_t>(found - names.begin())];
}

std::string Rows::Text(size_t row, std::string_view name) const {
  const Value& value = At(row, name);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  return "";
}

int64_t Rows::Int(size_t row, std::string_view name) const {
  const Value& value = At(row, name);
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return static_cast<int64_t>(*real);
  return 0;
}

double Rows::Double(size_t row, std::string_view name) const {
  const Value& value = At(row, name);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* number = std::get_if<int64_t>(&value)) return static_cast<double>(*number);
  return 0;
}

bool Rows::IsNull(size_t row, std::string_view name) const {
  return std::holds_alternative<std::monostate>(At(row, name));
}

Result<> Database::Migrate(const std::string& room, std::span<const Migration> migrations) {
  TRY(Execute(
      "create table if not exists schema_migrations (room text not null, number integer not null, "
      "applied_at text not null, primary key (room, number))"));
  Rows applied = TRY(Query(
      "select coalesce(max(number), 0) as newest from schema_migrations where room = ?", {room}));
  int64_t newest = applied.Int(0, "newest");
  if (!migrations.empty() && newest > migrations.back().number) {
    return base::Conflict(
        format("the database holds migration {} of '{}', this program knows {} only: it was "
               "written by a newer "
               "version; use that one",
               newest, room, migrations.back().number));
  }
  for (const auto& migration : migrations) {
    if (migration.number <= newest) continue;
    TRY(Transaction([&]() -> Result<> {
          TRY(Execute(migration.sql));
          TRY(Execute("insert into schema_migrations values (?, ?, ?)",
                      {room, int64_t(migration.number), base::FormatTime(base::NowUs())}));
          return {};
        }).While(format("applying migration {} of '{}'", migration.number, room)));
  }
  return {};
}

Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  int state =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  auto database = std::make_unique<SqliteDatabase>(handle);
  if (state != SQLITE_OK)
    return base::Unavailable(
        format("cannot open the database {}: {}{}", path, sqlite3_errmsg(handle), CureOf(state)));
  chmod(path.c_str(), 0600);
  sqlite3_busy_timeout(handle, 10000);
  TRY(database
          ->Execute(
              "pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on",
              {})
          .While("opening " + path));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace codman::storage
