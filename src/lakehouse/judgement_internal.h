// Which incoming measurements are new, duplicates or conflicts. Private to silver_builder.
#pragma once

#include <string>

namespace codman::lakehouse {

// SQL that reads `incoming` and `incoming_subjects` and makes the view `judged`: the columns of
// `incoming` and `verdict`, one of stored, duplicate, conflict. `existing`: SQL that yields the
// events of silver. Also makes the tables `repeated` and `verdicts`.
std::string JudgeSql(const std::string& source, const std::string& existing);

}  // namespace codman::lakehouse
