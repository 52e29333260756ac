// Delta Lake tables (protocol reader 1, writer 2): a folder of Parquet files and
// `_delta_log/%020d.json`.
//
// A commit appears by put-if-absent (link(2)), so it is there whole or not at all, also with
// several writers. Readers of other makers read the tables. Data files are written and synced
// before the commit that names them; a file that no commit names is an orphan of a killed writer
// and is ignored. Types: bool boolean, int64 long, double, string, timestamp (UTC, µs). A missing
// stat means "unknown", never a guess.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "columns/columns.h"
#include "engine/sql_engine.h"

namespace codman::engine {

struct DataFile {
  std::string path;  // relative to the table, as on disk
  int64_t size_bytes = 0;
  int64_t rows = 0;
  std::vector<std::pair<std::string, std::string>> partition;  // column → value
  Json stats;  // numRecords, minValues, maxValues, nullCount
};

struct DeltaSnapshot {
  int64_t version = -1;    // -1: the table does not exist yet
  columns::Schema schema;  // partition columns included, last
  std::vector<std::string> partition_columns;
  std::vector<DataFile> files;          // live ones, in order of addition
  std::map<std::string, int64_t> txns;  // application id → version
  std::string table_id;                 // of metaData; stays the same for the table's life
  Json info;                            // commitInfo of this version
  int64_t num_rows() const;
};

struct DeltaChange {
  std::string operation = "WRITE";
  std::vector<DataFile> adds;
  std::vector<std::string> removes;  // paths of live files that this change replaces
  std::map<std::string, int64_t> txns;
  Json info;  // further members of commitInfo (hashes, counts)
  // The table's schema takes the place of the one that was read; every live file must be removed.
  bool replaces_schema = false;
};

class DeltaTable {
 public:
  DeltaTable(std::string root, columns::Schema schema,
             std::vector<std::string> partition_columns = {});

  const std::string& root() const { return root_; }
  // The newest version, or `version` (time travel).
  Result<DeltaSnapshot> Load(int64_t version = -1) const;

  // Writes the rows of `select` (whose columns are the schema without the partition columns) as one
  // Parquet file with zstd, below the folder of its partition. Nothing refers to it until Commit.
  // No rows: no file, an empty list.
  Result<std::vector<DataFile>> WriteFile(
      SqlEngine* engine, const std::string& select,
      std::vector<std::pair<std::string, std::string>> partition = {}) const;

  // Appends one commit on top of what `read` saw; creates the table at version 0. A change that
  // only adds is retried on top of a concurrent commit; Conflict where it removes files or where a
  // concurrent commit moved one of its txns.
  Result<int64_t> Commit(const DeltaSnapshot& read, const DeltaChange& change) const;

  // SQL that yields the live rows ("select … from read_parquet([…])" or an empty relation of the
  // schema).
  std::string SelectAll(const DeltaSnapshot& snapshot) const;

 private:
  std::string LogPath(int64_t version) const;
  std::string root_;
  columns::Schema schema_;
  std::vector<std::string> partition_columns_;
};

}  // namespace codman::engine
