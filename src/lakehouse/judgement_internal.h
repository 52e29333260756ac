// Which incoming measurements are new, duplicates or conflicts. Private to lakehouse.
#pragma once

#include <string>

namespace codman::lakehouse {

// The key of a measurement (data-model.md 3): SQL expressions over the columns of silver.events.
const char* KeySql();

// SQL that reads `incoming` and `incoming_subjects` and makes the view `judged`: the columns of
// `incoming` and `verdict`, one of stored, duplicate, conflict. `existing`: SQL that yields the
// events of silver. Also makes the tables `repeated` and `verdicts`.
std::string JudgeSql(const std::string& source, const std::string& existing);

}  // namespace codman::lakehouse
