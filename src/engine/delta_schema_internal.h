// The schema of a table as metaData holds it, its evolution, and what a writer of version 2 must
// heed (PROTOCOL.md: "Change Metadata", "Column Invariants", "Append-only Tables"). Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

// The action of a new table.
Json NewMetaData(const columns::Schema& schema, const std::vector<std::string>& partition_columns,
                 int64_t now_ms);
// The same table with another schema: fields that stay keep what they carry.
Json WithSchema(const Json& meta_data, const columns::Schema& schema,
                const std::vector<std::string>& partition_columns);

Result<columns::Schema> SchemaOf(const Json& meta_data);
std::vector<std::string> PartitionColumnsOf(const Json& meta_data);

// `schema` may follow `read`: the same columns, and added ones.
Result<> CheckEvolution(const std::string& root, const DeltaSnapshot& read,
                        const columns::Schema& schema,
                        const std::vector<std::string>& partition_columns);
// Refuses, by name, what this writer does not keep: newer writers' features, invariants, types that
// it does not write, removal from an append-only table, nulls where none are allowed.
Result<> CheckWritable(const std::string& root, const DeltaSnapshot& read,
                       const DeltaChange& change);

}  // namespace codman::engine
