// The JSON actions of a Delta log. Private to delta_table.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

// One line of a commit file each.
Json ProtocolAction();
// `table_id`: "" makes a new one.
Json MetaDataAction(const columns::Schema& schema,
                    const std::vector<std::string>& partition_columns, const std::string& table_id,
                    int64_t now_ms);
Json AddAction(const DataFile& file, int64_t now_ms);
Json RemoveAction(const DataFile& file, int64_t now_ms);
Json TxnAction(const std::string& application, int64_t version, int64_t now_ms);
Json CommitInfoAction(const DeltaChange& change, int64_t now_ms);

// Applies the lines of one commit file to the snapshot; refuses features this reader does not know,
// by name.
Result<> ApplyCommit(const std::string& path, const std::string& text, DeltaSnapshot* snapshot);

// Percent-encoding of a path as the log holds it, and back.
std::string EncodePath(const std::string& path);
std::string DecodePath(const std::string& path);

}  // namespace codman::engine
