#include "cli/difference_text.h"

#include <cmath>

#include "base/text.h"

namespace codman::cli {

std::string Written(const Json& value) {
  if (value.is_null()) return "–";
  bool broken = value.is_number() && value.AsDouble() != std::floor(value.AsDouble());
  if (broken) return format("{:.6g}", value.AsDouble());
  return value.is_string() ? value.AsString() : value.ToString();
}

std::string DifferenceLines(const std::string& title, const Json& differences) {
  std::string text;
  for (const auto& row : differences.items()) {
    text +=
        format("  {:<24} {} → {}", row["name"].AsString(), Written(row["a"]), Written(row["b"]));
    if (row["difference"].is_number()) text += format("  ({:+.4f})", row["difference"].AsDouble());
    text += "\n";
  }
  return text.empty() ? "" : title + "\n" + text;
}

}  // namespace codman::cli
