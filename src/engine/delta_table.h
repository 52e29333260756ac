// Delta Lake tables (protocol reader 1, writer 2): a folder of Parquet files and
// `_delta_log/%020d.json`, with a checkpoint every few commits.
//
// A commit appears by put-if-absent (link(2)), so it is there whole or not at all, also with
// several writers. Readers of other makers read the tables. Data files are written and synced
// before the commit that names them; a file that no commit names is an orphan of a killed writer
// and is ignored. Types: bool boolean, int64 long, double, string, timestamp (UTC, µs). A missing
// stat means "unknown", never a guess.
//
// The schema given to the constructor is what the program knows. A column that the table does not
// have yet is added to the table by the next commit and reads as null in older files; taking a
// column away or changing its type is refused by name. An empty schema stands for the table's own.
//
// Checkpoints are read and written by one small SQL engine of the process that only the log uses,
// opened when the first checkpoint is met; callers never lend theirs. A DeltaTable is a value and
// may be used by several threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "columns/columns.h"
#include "engine/sql_engine.h"

namespace codman::engine {

// Column → value, as text. "" is null, as the protocol has it.
using PartitionValues = std::vector<std::pair<std::string, std::string>>;

struct DataFile {
  std::string path;  // relative to the table, as on disk
  int64_t size_bytes = 0;
  int64_t rows = 0;  // 0 where the log does not tell
  PartitionValues partition;
  std::string stats;  // JSON: numRecords, minValues, maxValues, nullCount; "" = unknown
  int64_t modified_ms = 0;
  bool data_change = true;  // false: its rows were in other files before (optimize)
};

// A tombstone: the file may still be read by older versions, until vacuum takes it.
struct RemovedFile {
  std::string path;
  int64_t size_bytes = 0;
  PartitionValues partition;
  int64_t deleted_ms = 0;
  bool data_change = true;
};

// What one commit did.
struct DeltaCommit {
  int64_t version = -1;
  std::vector<DataFile> adds;
  std::vector<RemovedFile> removes;
  std::map<std::string, int64_t> txns;  // application id → version
  Json info;                            // commitInfo
  Json meta_data;                       // null where the commit did not set it
  Json protocol;                        // null where the commit did not set it
};

struct DeltaSnapshot {
  int64_t version = -1;    // -1: the table does not exist yet
  columns::Schema schema;  // partition columns included, last
  std::vector<std::string> partition_columns;
  std::vector<DataFile> files;          // live ones, in order of addition
  std::map<std::string, int64_t> txns;  // application id → version
  std::string table_id;                 // of metaData; stays the same for the table's life
  Json info;       // commitInfo of this version; null where its log was cleaned
  Json meta_data;  // the actions in force
  Json protocol;
  std::vector<RemovedFile> removed;  // tombstones that the log still holds
  int64_t checkpoint_version = -1;   // the checkpoint that the snapshot was read from
  int64_t num_rows() const;
};

// What a change was computed from decides which concurrent commits it cannot stand beside.
enum class ReadScope {
  kNothing,      // a blind append
  kRemovedOnly,  // the rows of the removed files (optimize): concurrent appends do not matter
  kTable,        // the live rows, of `read_partition` where it is given
};

struct DeltaChange {
  std::string operation = "WRITE";
  std::vector<DataFile> adds;
  std::vector<std::string> removes;  // paths of live files that this change replaces
  std::map<std::string, int64_t> txns;
  Json info;  // further members of commitInfo (hashes, counts)
  // The table's schema takes the place of the one that was read; every live file must be removed.
  bool replaces_schema = false;
  // Default: kTable where files are removed, kNothing else.
  std::optional<ReadScope> scope;
  PartitionValues read_partition;
  bool data_change = true;  // false: the rows stay what they were
};

struct DeltaOptions {
  int checkpoint_interval = 10;  // commits; 0 = no checkpoints
};

class DeltaTable {
 public:
  DeltaTable(std::string root, columns::Schema schema,
             std::vector<std::string> partition_columns = {}, DeltaOptions options = {});

  const std::string& root() const { return root_; }
  const columns::Schema& schema() const { return schema_; }  // as given
  // The newest version, or `version` (time travel). NotFound names a version that does not exist
  // yet and one whose log was cleaned.
  Result<DeltaSnapshot> Load(int64_t version = -1) const;
  // The newest version that was committed at `time_us` or before: the time of a commit is that of
  // its log file, made strictly increasing by the millisecond (PROTOCOL.md: "In-Commit
  // Timestamps").
  Result<DeltaSnapshot> LoadAt(int64_t time_us) const;
  // What one commit did: for readers that walk the versions one by one. A file with `data_change`
  // false holds no new row.
  Result<DeltaCommit> ReadCommit(int64_t version) const;

  // Writes the rows of `select` (whose columns are the schema without the partition columns) as one
  // Parquet file with zstd, below the folder of its partition. Nothing refers to it until Commit.
  // No rows: no file, an empty list. A text of few values is written fastest as an enum of SQL.
  Result<std::vector<DataFile>> WriteFile(SqlEngine* engine, const std::string& select,
                                          PartitionValues partition = {}) const;

  // Appends one commit on top of what `read` saw; creates the table at version 0. It is put on top
  // of concurrent commits where it may stand beside them. Conflict where one of them moved one of
  // its txns, removed a file that it removes, changed the schema, or changed the rows that it read
  // (see ReadScope). A checkpoint that fails does not fail the commit: the log is enough, and the
  // next
  // interval tries again.
  Result<int64_t> Commit(const DeltaSnapshot& read, const DeltaChange& change) const;
  // Writes a checkpoint of the newest version and gives that version.
  Result<int64_t> Checkpoint() const;

  // SQL that yields the live rows ("select … from read_parquet([…])" or an empty relation of the
  // schema).
  std::string SelectAll(const DeltaSnapshot& snapshot) const;

 private:
  const columns::Schema& SchemaFor(const DeltaSnapshot& read) const;
  Result<Json> NextMetaData(const DeltaSnapshot& read, const DeltaChange& change,
                            int64_t now_ms) const;
  Result<std::string> ActionsOf(const DeltaSnapshot& read, const DeltaChange& change,
                                int64_t now_ms) const;
  void CheckpointAfter(int64_t version) const;

  std::string root_;
  columns::Schema schema_;
  std::vector<std::string> partition_columns_;
  DeltaOptions options_;
};

}  // namespace codman::engine
