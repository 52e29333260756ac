// What the text of one select says: its refs, and what must not stand in it. Private to sql_table.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace codman::lakehouse {

struct SqlText {
  std::string sql;                // ref('silver.events') replaced by silver."events"
  std::vector<std::string> refs;  // in order, repeated ones too
  std::vector<std::pair<int, std::string>> problems;  // line and message with cure
};
SqlText ScanSql(std::string_view text);

// silver."events" of "silver.events".
std::string ViewName(std::string_view table);

// Whether the sum of doubles in another order may give another last digit: such selects run on one
// thread.
bool AddsDoubles(std::string_view sql);

}  // namespace codman::lakehouse
