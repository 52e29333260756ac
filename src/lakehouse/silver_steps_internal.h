// The steps from bronze rows to silver rows, over scratch tables of the SQL engine. SilverBuilder
// takes them for every new bronze commit, Redriver for what is in quarantine; both therefore write
// the same rows. Private to lakehouse.
//
//   incoming            events with subject tokens, in the order of their records
//   refused             what the normaliser sent to quarantine
//   incoming_subjects   the subjects of `incoming`; may name one more than once
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "columns/columns.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/identity.h"
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
  // Makes the three scratch tables and fills them from bronze rows, taken in the order of
  // received_seq.
  Result<SilverCounts> Normalise(const events::SourceMapping& source, const std::string& bronze);
  // Adds the subjects of `incoming_subjects` that silver does not know.
  Result<> WriteSubjects(const events::SourceMapping& source, const std::string& txn,
                         int64_t version);
  // Drops everything that Normalise and JudgeSql made.
  Result<> DropScratch();

 private:
  Lake lake_;
  engine::SqlEngine* engine_;
  governance::Identity* identity_;
  const events::Concepts* concepts_;
  const std::vector<events::SourceMapping>* sources_;
};

// Columns of `incoming`.
columns::Schema IncomingSchema();
// SQL: the rows of silver.events, without month, that the judged rows of `judged` become.
std::string StoredSql(const events::SourceMapping& source, const std::string& feed,
                      const std::string& judged);
// SQL: the rows of silver.quarantine for the conflicts among `judged`. `bronze` yields the bronze
// rows they came with.
std::string ConflictsSql(const events::SourceMapping& source, const std::string& feed,
                         const std::string& judged, const std::string& bronze);

// SQL: the row of silver.quality. Without a score where the counts are differences.
std::string QualitySql(const events::SourceMapping& source, const std::string& feed,
                       int64_t bronze_version, const SilverCounts& counts,
                       std::optional<double> score);
// Leaves a lineage run from bronze at these versions to silver as it is now.
Result<> RecordSilverRun(const Lake& lake, storage::Database* database, const std::string& job,
                         const std::map<std::string, int64_t>& feeds, int64_t began_us);

// Already in the table with this or a newer version: a killed run got that far.
bool IsDone(const engine::DeltaSnapshot& snapshot, const std::string& txn, int64_t version);
// The newest snapshot that does not hold the txn yet: what a killed run saw.
Result<engine::DeltaSnapshot> LoadBefore(const engine::DeltaTable& table, const std::string& txn,
                                         int64_t version);
// "2026-11": the partition of rows that enter silver now.
std::string CurrentMonth();

}  // namespace codman::lakehouse
