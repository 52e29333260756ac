// Sources of several files: the rows of SQL over them become the records. Private to ingest.
//
// All files that the source's patterns match, their hashes and the text of the queries together are
// one delivery: any change of them is a new one, none is nothing new. So that a killed run goes on
// where it stopped, the same files give the same rows in the same order: the rows are sorted by all
// columns, on one thread, and functions that change from run to run are refused. The SQL can open
// these files and nothing else. What it sorts beyond its memory goes to the temporary folder.
#pragma once

#include <string>

#include "base/result.h"
#include "events/source_mapping.h"
#include "ingest/delivery_writer_internal.h"
#include "ingest/ingest.h"
#include "lakehouse/bronze_writer.h"

namespace codman::ingest {

struct QueryInput {
  const events::SourceMapping& source;  // with `files`
  std::string folder;
  std::string temp_folder;
};

// Refused: a folder without a file that a pattern names, a query that reads a column which its
// files lack, a result without a column that the mapping needs; each by name.
Result<> IngestQueries(const QueryInput& input, LogAppender* log, lakehouse::BronzeProgress* known,
                       IngestReport* report);

}  // namespace codman::ingest
