// Takes another look at what is in quarantine: after a concept, a unit or a mapping was put right,
// the refused records are normalised again from bronze with today's declarations.
//
// What is now good enters silver with the known_time and received_seq it would have had; what is
// still refused stays, with today's reason. Afterwards silver and quarantine hold what a rebuild
// from bronze would give, as long as today's declarations judge alike what silver already holds:
// only keys that a re-driven event touches are judged anew, in the order of their arrival, and
// where that changes a row of silver (what was stored is now a duplicate of the record before it)
// the files that hold it are rewritten. Conflicts (duplicate_conflict) are no subject of a
// re-drive.
//
// Commits per feed: subjects, events, a quality row with the differences, quarantine; each carries
// the txn "redrive:<feed>" = version of the quarantine it started from. A run that was killed
// between two of them is completed by the next one. Single writer (the owner of the home).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/identity.h"
#include "lakehouse/lake.h"
#include "storage/database.h"

namespace codman::lakehouse {

// Rows of quarantine: looked_at = accepted + still_refused.
struct RedriveReport {
  int64_t looked_at = 0, accepted = 0, still_refused = 0;
  Json ToJson() const;
};

class SilverSteps;

class Redriver {
 public:
  Redriver(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
           const events::Concepts* concepts, const std::vector<events::SourceMapping>* sources,
           storage::Database* database = nullptr);
  ~Redriver();

  // All feeds. Conflict where silver lags behind bronze: build it first. Leaves a lineage run where
  // `database` is given and something changed.
  Result<RedriveReport> Redrive();

 private:
  std::unique_ptr<SilverSteps> steps_;
  storage::Database* database_;
};

}  // namespace codman::lakehouse
