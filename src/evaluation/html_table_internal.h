// Tables and numbers as HTML text for the evaluation page. Everything given as text is escaped
// here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace codman::evaluation {

// "–" where the value is null. Minus signs are typographic.
std::string Fixed(const Json& value, int digits);
std::string Percent(const Json& value, int digits = 1);
std::string Count(const Json& value);  // 631,393
// Three significant digits: thresholds span orders of magnitude.
std::string Significant(const Json& value);
// "0.831 (0.820 to 0.842)", or the value alone where there is no interval.
std::string WithInterval(const Json& object, const std::string& name, int digits);
std::string PercentWithInterval(const Json& object, const std::string& name, int digits = 1);

class HtmlTable {
 public:
  // The first `text_columns` columns are words, the rest numbers.
  HtmlTable(std::string_view caption, const std::vector<std::string>& heads, int text_columns = 1);

  void Row(const std::vector<std::string>& cells);
  // The last cell is HTML of our own making, not escaped.
  void RowWithMark(const std::vector<std::string>& cells, const std::string& html);
  std::string Html() const;

 private:
  void Cells(const std::vector<std::string>& cells);

  int text_columns_;
  std::string html_;
};

// A table folded below its chart.
std::string TableView(const HtmlTable& table);

}  // namespace codman::evaluation
