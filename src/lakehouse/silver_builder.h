// Bronze → silver: normalises every bronze commit once, gives subjects their tokens, removes
// duplicates, finds conflicts.
//
// Incremental by Delta version, a few million events at a time: each silver table carries a txn per
// feed, so a run that was killed between two tables completes the missing ones and repeats nothing.
// Single writer (the owner of the home).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/identity.h"
#include "lakehouse/lake.h"
#include "storage/database.h"

namespace codman::lakehouse {

// Measurements in = stored + duplicates + quarantined; `stored` are live or superseded, `voided` of
// them lost their value to a conflict.
struct SilverCounts {
  int64_t records = 0, unparsable_records = 0, measurements = 0, markers = 0;
  int64_t stored = 0, duplicates = 0, quarantined = 0, voided = 0;
  SilverCounts& operator+=(const SilverCounts& other);
};

class SilverSteps;

class SilverBuilder {
 public:
  SilverBuilder(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
                const events::Concepts* concepts, const std::vector<events::SourceMapping>* sources,
                storage::Database* database = nullptr);
  ~SilverBuilder();

  // Processes what bronze holds and silver does not, and leaves a lineage run where `database` is
  // given. `progress` is told the share done.
  Result<SilverCounts> Build(const std::function<void(double)>& progress = {});

 private:
  // Consecutive bronze commits of a feed that enter silver together.
  struct Step {
    std::string feed, txn;
    std::vector<engine::DeltaSnapshot> versions;  // the files that each added
  };
  Result<Step> NextStep(const std::string& feed, int64_t after, const engine::DeltaSnapshot& shape);
  Result<SilverCounts> BuildStep(const Step& step);
  Result<> WriteEvents(const events::SourceMapping& source, const std::string& feed,
                       const std::string& txn, int64_t version);
  Result<> WriteQuarantine(const events::SourceMapping& source, const std::string& feed,
                           const std::string& bronze, const std::string& txn, int64_t version);
  Result<> WriteQuality(const events::SourceMapping& source, const std::string& feed,
                        const std::string& txn, int64_t version, const SilverCounts& counts);

  std::unique_ptr<SilverSteps> steps_;
  Lake lake_;
  engine::SqlEngine* engine_;
  storage::Database* database_;
  std::map<std::string, double> events_per_row_;  // of feeds that this object built
};

}  // namespace codman::lakehouse
