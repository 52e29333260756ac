// Statistics of one data file (PROTOCOL.md, "Per-file Statistics"): numRecords, and for each column
// nullCount, minValues and maxValues.
//
// A bound that cannot be told exactly or safely is left out: NaN and infinities, integers beyond
// 2^53, years beyond 9999. Texts are cut to 32 characters, the upper bound moved up to stay one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "columns/columns.h"
#include "engine/delta_table.h"

namespace codman::engine {

// SQL that asks the footer of a finished Parquet file for what StatsOf needs; it reads no rows.
std::string StatsSql(const std::string& path);

struct FileStats {
  int64_t rows = 0;
  Json json;
};
// `footer`: what that query found, a row per column of the file.
FileStats StatsOf(const columns::Schema& schema, const columns::Table& footer);

// The first 32 code points.
std::string LowerTextBound(std::string_view text);
// The least text of at most 32 code points above every text that begins like this one; nothing
// where there is none. In the order of code points, which is that of UTF-8 bytes.
std::optional<std::string> UpperTextBound(std::string_view text);

// Whether the stats show that the file holds all of these columns.
bool TellsOfAll(const DataFile& file, const std::vector<std::string>& columns);

}  // namespace codman::engine
