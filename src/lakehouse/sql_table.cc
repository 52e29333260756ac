#include "lakehouse/sql_table.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "lakehouse/clinic_concepts_internal.h"
#include "lakehouse/lake.h"
#include "lakehouse/sql_words_internal.h"

namespace codman::lakehouse {
namespace {

std::vector<std::string> Names(std::string_view list) {
  std::vector<std::string> names;
  for (auto part : base::Split(list, ',')) {
    if (!base::Trim(part).empty()) names.emplace_back(base::Trim(part));
  }
  return names;
}

// The first word of a text; the rest stays in `text`.
std::string TakeWord(std::string_view* text) {
  *text = base::Trim(*text);
  size_t end = std::min(text->find(' '), text->size());
  std::string word(text->substr(0, end));
  *text = base::Trim(text->substr(end));
  return word;
}

bool IsName(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_';
  });
}

class Parser {
 public:
  Parser(const std::string& layer, const std::string& file) : problems_(file) {
    table_.layer = layer;
    table_.file = file;
    table_.name = file.substr(file.rfind('/') + 1);
    if (table_.name.ends_with(".sql")) table_.name.resize(table_.name.size() - 4);
  }

  Result<SqlTable> Parse(const std::string& text) {
    if (!IsName(table_.name))
      problems_.Add(1, "a table's file name is letters, digits and '_': rename the file");
    int line_number = 0;
    for (auto line : base::Split(text, '\n')) {
      ++line_number;
      bool comment = base::Trim(line).starts_with("--");
      if (in_header_ && comment) ReadHeaderLine(line_number, base::Trim(line).substr(2));
      if (!comment && !base::Trim(line).empty()) in_header_ = false;
      body_.append(in_header_ ? "" : line).push_back('\n');
    }
    if (table_.description.empty())
      problems_.Add(1, "'-- description:' is missing: say in one sentence what the rows are");
    if (table_.key.empty())
      problems_.Add(1, "'-- key:' is missing: name the columns that tell the rows apart");
    ReadSelect();
    TRY(problems_.ToResult());
    AddKeyChecks();
    std::sort(table_.refs.begin(), table_.refs.end());
    table_.refs.erase(std::unique(table_.refs.begin(), table_.refs.end()), table_.refs.end());
    std::string hashed = table_.sql;
    for (const auto& check : table_.checks)
      hashed +=
          format("\n{} {}", check.severity == Severity::kError ? "check" : "warn", check.text);
    table_.hash = base::Sha256Hex(hashed);
    return table_;
  }

 private:
  void ReadHeaderLine(int line, std::string_view text) {
    size_t colon = text.find(':');
    std::string key(base::Trim(text.substr(0, colon)));
    if (colon == text.npos || !IsName(key)) return;  // a remark in prose
    std::string_view value = base::Trim(text.substr(colon + 1));
    if (key == "check" || key == "warn")
      return ReadCheck(line, value, key == "check" ? Severity::kError : Severity::kWarning);
    static const std::vector<std::string> known = {"description", "key",   "grain",
                                                   "owner",       "check", "warn"};
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      std::string nearest = base::NearestWord(key, known);
      return problems_.Add(line, format("unknown header key '{}'; {}", key,
                                        nearest.empty() ? "known are: " + base::Join(known, ", ")
                                                        : format("did you mean '{}'?", nearest)));
    }
    if (value.empty()) return problems_.Add(line, format("'{}' is empty: fill it or drop it", key));
    if (!seen_.insert(key).second)
      return problems_.Add(line, format("'{}' stands twice: keep one", key));
    if (key == "description") table_.description = value;
    if (key == "grain") table_.grain = value;
    if (key == "owner") table_.owner = value;
    if (key == "key") {
      table_.key = Names(value);
      key_line_ = line;
    }
  }

  void ReadCheck(int line, std::string_view text, Severity severity) {
    TableCheck check{.severity = severity, .line = line, .text = std::string(text)};
    std::string_view rest = text;
    std::string kind = TakeWord(&rest);
    bool good = false;
    if (kind == "unique") {
      check.kind = CheckKind::kUnique;
      check.columns = Names(rest);
      good = !check.columns.empty();
    } else {
      check.columns = {TakeWord(&rest)};
      good = IsName(check.columns[0]) && ReadArguments(kind, rest, &check);
    }
    if (good) {
      table_.checks.push_back(std::move(check));
    } else {
      problems_.Add(line, format("'{}' is no check; write one of: not_null COLUMN | unique A, B | "
                                 "range COLUMN LOW HIGH | accepted_values COLUMN A, B | "
                                 "relationship COLUMN LAYER.TABLE.COLUMN | freshness COLUMN 24h",
                                 text));
    }
  }

  // What follows the column; false where it does not fit the kind.
  bool ReadArguments(const std::string& kind, std::string_view rest, TableCheck* check) {
    if (kind == "not_null") return rest.empty();
    if (kind == "range") {
      check->kind = CheckKind::kRange;
      auto low = base::ParseDouble(TakeWord(&rest)), high = base::ParseDouble(rest);
      if (!low || !high || *low > *high) return false;
      check->low = *low;
      check->high = *high;
      return true;
    }
    if (kind == "accepted_values") {
      check->kind = CheckKind::kAcceptedValues;
      check->values = Names(rest);
      return !check->values.empty();
    }
    if (kind == "freshness") {
      check->kind = CheckKind::kFreshness;
      auto age = base::ParseDuration(rest);
      check->max_age_us = age.value_or(0);
      return age.has_value();
    }
    auto parts = base::Split(rest, '.');
    if (kind != "relationship" || parts.size() != 3 || !IsName(parts[2])) return false;
    check->kind = CheckKind::kRelationship;
    check->other_table = format("{}.{}", parts[0], parts[1]);
    check->other_column = parts[2];
    table_.refs.push_back(check->other_table);
    return true;
  }

  void ReadSelect() {
    SqlText select = ScanSql(body_);
    for (const auto& [line, message] : select.problems) problems_.Add(line, message);
    for (auto& ref : select.refs) table_.refs.push_back(std::move(ref));
    table_.sql = std::move(select.sql);
  }

  void AddKeyChecks() {
    for (const auto& column : table_.key) {
      table_.checks.push_back(
          {.columns = {column}, .line = key_line_, .text = "not_null " + column});
    }
    table_.checks.push_back({.kind = CheckKind::kUnique,
                             .columns = table_.key,
                             .line = key_line_,
                             .text = "unique " + base::Join(table_.key, ", ")});
  }

  SqlTable table_;
  base::Problems problems_;
  std::set<std::string> seen_;
  bool in_header_ = true;
  int key_line_ = 1;
  std::string body_;
};

// Depth first over what is declared; `path` is how the table in hand was reached.
class Order {
 public:
  explicit Order(std::vector<SqlTable> tables) {
    for (auto& table : tables) {
      std::string name = table.QualifiedName();
      declared_.emplace(std::move(name), std::move(table));
    }
  }

  Result<std::vector<SqlTable>> Make(const std::vector<std::string>& given) {
    given_.insert(given.begin(), given.end());
    for (const auto& [name, table] : declared_) TRY(Visit(name, table));
    return std::move(ordered_);
  }

 private:
  Result<> Visit(const std::string& name, const SqlTable& table) {
    if (done_.count(name) != 0) return {};
    auto again = std::find(path_.begin(), path_.end(), name);
    if (again != path_.end()) {
      std::vector<std::string> cycle(again, path_.end());
      cycle.push_back(name);
      return base::InvalidInput(format("{}: tables read each other in a circle: {}; cut one ref()",
                                       table.file, base::Join(cycle, " -> ")));
    }
    path_.push_back(name);
    for (const auto& ref : table.refs) {
      auto input = declared_.find(ref);
      if (input != declared_.end())
        TRY(Visit(ref, input->second));
      else if (given_.count(ref) == 0)
        return Unknown(table, ref);
    }
    path_.pop_back();
    done_.insert(name);
    ordered_.push_back(table);
    return {};
  }

  Error Unknown(const SqlTable& table, const std::string& ref) const {
    std::vector<std::string> names(given_.begin(), given_.end());
    for (const auto& [name, ignored] : declared_) names.push_back(name);
    std::string nearest = base::NearestWord(ref, names);
    return base::InvalidInput(format("{}: ref('{}') names no table; {}", table.file, ref,
                                     nearest.empty() ? "known are: " + base::Join(names, ", ")
                                                     : format("did you mean '{}'?", nearest)));
  }

  std::map<std::string, SqlTable> declared_;
  std::set<std::string> given_, done_;
  std::vector<std::string> path_;
  std::vector<SqlTable> ordered_;
};

std::string Quoted(const std::string& name) { return "\"" + name + "\""; }

}  // namespace

Result<SqlTable> ParseSqlTable(const std::string& layer, const std::string& file,
                               const std::string& text) {
  return Parser(layer, file).Parse(text);
}

Result<std::vector<SqlTable>> LoadSqlTables(const std::string& clinic_folder) {
  std::vector<SqlTable> tables;
  base::Problems all("");
  for (const char* layer : {"silver", "gold"}) {
    std::string folder = clinic_folder + "/" + layer;
    if (!base::FileExists(folder)) continue;
    for (const auto& name : TRY(base::ListFolder(folder))) {
      if (!name.ends_with(".sql")) continue;
      std::string path = folder + "/" + name;
      auto table = ParseSqlTable(layer, path, TRY(base::ReadFile(path)));
      if (table.ok())
        tables.push_back(std::move(*table));
      else
        all.Add(table.error());
    }
  }
  TRY(all.ToResult());
  return tables;
}

std::vector<std::string> GivenTables(const std::vector<std::string>& feeds) {
  std::vector<std::string> names = {kConcepts};
  for (const auto& [name, table] : Lake("").OwnTables()) names.push_back(name);
  for (const auto& feed : feeds) names.push_back("bronze." + feed);
  return names;
}

Result<std::vector<SqlTable>> InBuildOrder(std::vector<SqlTable> tables,
                                           const std::vector<std::string>& feeds) {
  return Order(std::move(tables)).Make(GivenTables(feeds));
}

std::string CountOffendingSql(const TableCheck& check, const std::string& table, int64_t now_us) {
  std::string column = Quoted(check.columns[0]), all;
  for (const auto& name : check.columns) all += (all.empty() ? "" : ", ") + Quoted(name);
  std::string accepted;
  for (const auto& value : check.values)
    accepted += (accepted.empty() ? "" : ", ") + base::QuoteSql(value);
  switch (check.kind) {
    case CheckKind::kNotNull:
      return format("select count(*) from {} where {} is null", table, column);
    case CheckKind::kUnique:
      return format(
          "select (select count(*) from {1}) - (select count(*) from "
          "(select distinct {0} from {1}))",
          all, table);
    case CheckKind::kRange:
      return format("select count(*) from {} where not ({} between {} and {})", table, column,
                    check.low, check.high);
    case CheckKind::kAcceptedValues: {
      // 0 and 0.0 are one value: numbers are compared as numbers.
      bool numbers = std::all_of(check.values.begin(), check.values.end(),
                                 [](const auto& value) { return base::ParseDouble(value); });
      return format("select count(*) from {} where cast({} as {}) not in ({})", table, column,
                    numbers ? "double" : "varchar",
                    numbers ? base::Join(check.values, ", ") : accepted);
    }
    case CheckKind::kRelationship:
      return format(
          "select count(*) from {0} where {1} is not null and {1} not in (select {2} "
          "from {3} where {2} is not null)",
          table, column, Quoted(check.other_column), ViewName(check.other_table));
    case CheckKind::kFreshness:
      return format(
          "select case when max({0}) >= timestamptz '{2}' then 0 else count(*) end from "
          "{1}",
          column, table, base::FormatTime(now_us - check.max_age_us));
  }
  return "";
}

}  // namespace codman::lakehouse
