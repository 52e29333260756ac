// The steps from bronze rows to silver rows. SilverBuilder takes them for every new bronze commit,
// Redriver for what is in quarantine; both therefore write the same rows. Private to lakehouse.
//
// Scratch tables of the SQL engine: `refused`, what the normaliser sent to quarantine, and
// `incoming_subjects`, the subjects of the events; may name one more than once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "columns/columns.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/identity.h"
#include "lakehouse/event_rows_internal.h"
#include "lakehouse/lake.h"
#include "lakehouse/silver_builder.h"
#include "storage/database.h"

namespace codman::lakehouse {

class SilverSteps {
 public:
  SilverSteps(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
              const events::Concepts* concepts, const std::vector<events::SourceMapping>* sources)
      : lake_(std::move(lake)),
        engine_(engine),
        identity_(identity),
        concepts_(concepts),
        sources_(sources) {}

  const Lake& lake() const { return lake_; }
  engine::SqlEngine* engine() const { return engine_; }
  const events::Concepts& concepts() const { return *concepts_; }

  // The source of the rows; nullptr where there are none. `bronze`: SQL that yields bronze rows.
  Result<const events::SourceMapping*> SourceOf(const std::string& bronze);
  // Makes the scratch tables anew, empty.
  Result<> Begin();
  // Adds what bronze rows become to `rows` and the scratch tables, taken in the order of
  // received_seq. One call is one run of a normaliser, which remembers what it was told of a
  // subject.
  Result<SilverCounts> Normalise(const events::SourceMapping& source, const std::string& feed,
                                 const std::string& bronze, EventRows* rows);
  // Adds the subjects of `incoming_subjects` that silver does not know.
  Result<> WriteSubjects(const events::SourceMapping& source, const std::string& txn,
                         int64_t version);
  // Drops everything that Normalise and EventRows made.
  Result<> DropScratch();

 private:
  Lake lake_;
  engine::SqlEngine* engine_;
  governance::Identity* identity_;
  const events::Concepts* concepts_;
  const std::vector<events::SourceMapping>* sources_;
  std::unordered_map<std::string, int64_t> tokens_;  // by identifier system, a zero, identifier
};

// SQL: the rows of silver.events, without month, that those of `judged` become.
std::string StoredSql(const events::SourceMapping& source, const std::string& feed,
                      const std::string& judged);
// SQL: the rows of silver.quarantine for the conflicts among `judged`, and for what the normaliser
// refused. `bronze` yields the bronze rows they came with.
std::string ConflictsSql(const events::SourceMapping& source, const std::string& feed,
                         const std::string& judged, const std::string& bronze);
std::string RefusedSql(const events::SourceMapping& source, const std::string& feed,
                       const std::string& refused, const std::string& bronze);
// SQL: the row of silver.quality. Without a score where the counts are differences.
std::string QualitySql(const events::SourceMapping& source, const std::string& feed,
                       int64_t bronze_version, const SilverCounts& counts,
                       std::optional<double> score);
// Leaves a lineage run from bronze at these versions to silver as it is now.
Result<> RecordSilverRun(const Lake& lake, storage::Database* database, const std::string& job,
                         const std::map<std::string, int64_t>& feeds, int64_t began_us);

// The version of an application in a table, -1 where it has none.
int64_t VersionOf(const engine::DeltaSnapshot& snapshot, const std::string& txn);
// Already in the table with this or a newer version: a killed run got that far.
bool IsDone(const engine::DeltaSnapshot& snapshot, const std::string& txn, int64_t version);
// The newest snapshot that does not hold the txn yet: what a killed run saw.
Result<engine::DeltaSnapshot> LoadBefore(const engine::DeltaTable& table, const std::string& txn,
                                         int64_t version);
// "2026-11": the partition of rows that enter silver now.
std::string CurrentMonth();

}  // namespace codman::lakehouse
