#include <cmath>

#include "base/text.h"
#include "evaluation/html_table_internal.h"

namespace codman::evaluation {
namespace {

const std::string kMissing = "–";

std::string FixedText(double value, int digits) {
  std::string text = format("{:.{}f}", std::abs(value), digits);
  bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !zero ? "−" + text : text;
}

std::string Ranged(const Json& object, const std::string& name, double factor, int digits,
                   const char* unit) {
  const Json &value = object[name], &low = object[name + "_low"], &high = object[name + "_high"];
  if (!value.is_number()) return kMissing;
  std::string text = FixedText(value.AsDouble() * factor, digits) + unit;
  if (!low.is_number() || !high.is_number()) return text;
  return text + format(" ({} to {})", FixedText(low.AsDouble() * factor, digits),
                       FixedText(high.AsDouble() * factor, digits));
}

}  // namespace

std::string Fixed(const Json& value, int digits) {
  return value.is_number() ? FixedText(value.AsDouble(), digits) : kMissing;
}

std::string Percent(const Json& value, int digits) {
  return value.is_number() ? FixedText(value.AsDouble() * 100, digits) + " %" : kMissing;
}

std::string Count(const Json& value) {
  if (!value.is_number()) return kMissing;
  std::string digits = format("{:.0f}", std::abs(value.AsDouble())), grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return value.AsDouble() < 0 ? "−" + grouped : grouped;
}

std::string Significant(const Json& value) {
  return value.is_number() ? format("{:.3g}", value.AsDouble()) : kMissing;
}

std::string WithInterval(const Json& object, const std::string& name, int digits) {
  return Ranged(object, name, 1, digits, "");
}

std::string PercentWithInterval(const Json& object, const std::string& name, int digits) {
  return Ranged(object, name, 100, digits, " %");
}

HtmlTable::HtmlTable(std::string_view caption, const std::vector<std::string>& heads,
                     int text_columns)
    : text_columns_(text_columns) {
  html_ = "<div class=\"scroll\"><table><caption>" + base::EscapeHtml(caption) +
          "</caption><thead><tr>";
  for (size_t i = 0; i < heads.size(); ++i) {
    const char* kind = static_cast<int>(i) < text_columns_ ? "" : " class=\"n\"";
    html_ += format("<th scope=\"col\"{}>{}</th>", kind, base::EscapeHtml(heads[i]));
  }
  html_ += "</tr></thead><tbody>";
}

void HtmlTable::Cells(const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    std::string text = base::EscapeHtml(cells[i]);
    if (i == 0) {
      html_ += format("<th scope=\"row\"{}>{}</th>", text_columns_ > 0 ? "" : " class=\"n\"", text);
    } else {
      const char* kind = static_cast<int>(i) < text_columns_ ? "" : " class=\"n\"";
      html_ += format("<td{}>{}</td>", kind, text);
    }
  }
}

void HtmlTable::Row(const std::vector<std::string>& cells) {
  html_ += "<tr>";
  Cells(cells);
  html_ += "</tr>\n";
}

void HtmlTable::RowWithMark(const std::vector<std::string>& cells, const std::string& html) {
  html_ += "<tr>";
  Cells(cells);
  html_ += "<td>" + html + "</td></tr>\n";
}

std::string HtmlTable::Html() const { return html_ + "</tbody></table></div>\n"; }

std::string TableView(const HtmlTable& table) {
  return "<details><summary>Table view</summary>" + table.Html() + "</details>\n";
}

}  // namespace codman::evaluation
