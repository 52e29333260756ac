#include "lakehouse/unmapped_codes.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "columns/rows.h"

namespace codman::lakehouse {
namespace {

// "LOINC//8867-4 Heart rate" → {"loinc", "8867", "4", "heart", "rate"}
std::set<std::string> WordsOf(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (char c : base::ToLower(text) + " ") {
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      word += c;
    } else if (!word.empty()) {
      words.insert(word);
      word.clear();
    }
  }
  return words;
}

// Share of the smaller set that both hold.
double Overlap(const std::set<std::string>& a, const std::set<std::string>& b) {
  if (a.empty() || b.empty()) return 0;
  size_t shared = 0;
  for (const auto& word : a) shared += b.count(word);
  return static_cast<double>(shared) / static_cast<double>(std::min(a.size(), b.size()));
}

bool KnowsUnit(const events::Concept& candidate, const std::string& unit) {
  return candidate.unit == unit ||
         std::any_of(candidate.conversions.begin(), candidate.conversions.end(),
                     [&](const auto& conversion) { return conversion.unit == unit; });
}

void Suggest(const events::Concepts& concepts, Json* row) {
  auto words = WordsOf((*row)["code"].AsString());
  const std::string& unit = (*row)["unit"].AsString();
  double best = 0;
  for (const auto& candidate : concepts.all()) {
    double shared =
        std::max(Overlap(words, WordsOf(candidate.name)), Overlap(words, WordsOf(candidate.label)));
    if (shared <= std::max(best, 0.49) || (!unit.empty() && !KnowsUnit(candidate, unit))) continue;
    if ((*row)["median"].is_number()) {
      auto plausible = [&](const char* quantile) {
        auto checked = events::ToCanonical(candidate, (*row)[quantile].AsDouble(),
                                           unit.empty() ? candidate.unit : unit);
        return !checked.reason;
      };
      if (!plausible("p05") || !plausible("p95")) continue;
    }
    best = shared;
    row->Set("suggested", candidate.name);
    row->Set("because", format("shares {:.0f} % of its words{}", 100 * shared,
                               unit.empty() ? "" : ", unit and range agree"));
  }
}

}  // namespace

Result<Json> UnmappedCodes(const Lake& lake, engine::SqlEngine* engine,
                           const events::Concepts& concepts, int limit) {
  auto table = lake.Events();
  auto rows = TRY(engine->QueryAll(format(
      "select source_code as code, source, coalesce(unit, '') as unit, count(*) as count, "
      "count(distinct subject_id) as subjects, quantile_cont(value, 0.05) as p05, "
      "quantile_cont(value, 0.5) as median, quantile_cont(value, 0.95) as p95 from ({}) "
      "where concept is null and status <> 'marker' "
      "and not starts_with(source_code, source || '//') group by all order by count desc, code, "
      "source, unit",
      table.SelectAll(TRY(table.Load())))));
  Json codes = Json::Array();
  Json all = columns::RowsOf(rows);
  for (Json& row : all.items()) {
    bool claimed = !concepts.ClassesOf(row["code"].AsString()).empty();
    if (!claimed && static_cast<int>(codes.size()) < limit) codes.Add(std::move(row));
  }
  for (auto& row : codes.items()) {
    row.Set("suggested", Json());
    row.Set("because", "");
    Suggest(concepts, &row);
  }
  return codes;
}

}  // namespace codman::lakehouse
