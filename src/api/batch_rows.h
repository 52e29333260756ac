// The body of POST /predict/batch: {"task", "variant"?, "rows": [{…}, …]}.
//
// ReadUsualBatch finds the parts without a tree; ReadRows takes plain rows in one pass over the
// bytes and makes a tree only of rows that hold something else. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "serving/request_values.h"

namespace codman::api {

constexpr size_t kMaxRows = 10000;

struct UsualBatch {
  std::string_view task, variant;
  std::string_view rows;  // the array, brackets included
};
// False where only the tree can tell what it is.
bool ReadUsualBatch(std::string_view body, UsualBatch* batch);

// Rows in their order: contract().size() values each, or what is wrong with it, as
// {"errors": […]}.
struct BatchRows {
  std::vector<double> values;
  std::vector<std::string> refusals;  // "" for a good row
  size_t size() const { return refusals.size(); }
};
// False where it is not an array of 1 to kMaxRows objects.
bool ReadRows(const serving::ServedModel& model, std::string_view rows, BatchRows* out);
void ReadRows(const serving::ServedModel& model, const Json& rows, BatchRows* out);

}  // namespace codman::api
