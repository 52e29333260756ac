// Where the lake's tables lie and what their columns are. A value: cheap to copy, no state beyond
// the root.
//
//   bronze/<feed>/date=…/hour=…   records as received            silver/events/month=…   checked
//   clinical events silver/quarantine  silver/subjects  silver/quality           gold/<table> SQL
//   files of the clinic
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/delta_table.h"
#include "engine/sql_reader.h"

namespace codman::lakehouse {

class Lake {
 public:
  explicit Lake(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }

  // feed, source, source_record_id, source_position, received_time, received_seq, payload,
  // content_type, date, hour
  engine::DeltaTable Bronze(const std::string& feed) const;
  // subject_id, event_time, known_time, received_seq, concept, source_code, value, text, unit,
  // status, quality, encounter_ref, source, source_record_id, feed, month (received)
  engine::DeltaTable Events() const;
  engine::DeltaTable Quarantine() const;  // the schema of events::QuarantineSchema() and source
  engine::DeltaTable Subjects()
      const;  // subject_id, source, identifier_system, identifier (public sources only)
  // One row per bronze commit and feed: what became of its measurements (data-model.md 4). A
  // re-drive adds one with the differences that it made, without a score.
  engine::DeltaTable Quality() const;
  // The tables of silver that the program itself writes, by name ("silver.events"): all others are
  // declared in the clinic.
  std::vector<std::pair<std::string, engine::DeltaTable>> OwnTables() const;

  // Feeds that have a bronze table, sorted.
  Result<std::vector<std::string>> Feeds() const;

  // What users' queries see: the views that RegisterViews makes, for a reader
  // (engine/sql_reader.h).
  Result<std::vector<engine::ReaderView>> Views(const std::vector<std::string>& gold) const;
  // Makes views `silver.events`, `silver.quarantine`, …, `bronze."<feed>"`, the derived silver
  // tables that are built and, for each name of `gold`, `gold.<name>` over the newest versions;
  // also under the schemas raw, staging and analytics.
  Result<> RegisterViews(engine::SqlEngine* engine, const std::vector<std::string>& gold) const;
  // Names of built gold tables, sorted.
  Result<std::vector<std::string>> GoldTables() const;
  // Names of built tables that clinic/silver derives (patients, encounters), sorted.
  Result<std::vector<std::string>> DerivedSilverTables() const;
  // One such view again, after its table was built. `table`: "gold.icu_stays".
  Result<> RegisterDerivedView(engine::SqlEngine* engine, const std::string& table) const;
  // The newest version of "silver.events", "gold.icu_stays", "bronze.<feed>" with the schema that
  // its log tells; version -1 where there is none.
  Result<engine::DeltaSnapshot> Newest(const std::string& table) const;
  std::string RootOf(const std::string& table) const;
  std::string GoldRoot(const std::string& name) const { return root_ + "/gold/" + name; }

 private:
  Result<> AddDerivedViews(const std::string& table, std::vector<engine::ReaderView>* views) const;

  std::string root_;
};

}  // namespace codman::lakehouse
