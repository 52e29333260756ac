// The parts of a source's declaration that make its records out of several files. Private to
// events.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/problems.h"
#include "events/source_mapping.h"

namespace codman::events {

// `files:` of a source: each a name and a pattern that stays within the folder.
std::vector<TableOfFiles> TablesOf(const Json& document, base::Problems* problems);

// `query:` of a source or feed: SQL, or the name of a .sql file beside the source's file.
std::string QueryOf(const Json& entry, const std::string& source_file, base::Problems* problems);

}  // namespace codman::events
