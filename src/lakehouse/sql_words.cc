#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/text.h"
#include "lakehouse/sql_words_internal.h"

namespace codman::lakehouse {
namespace {

struct Refused {
  std::string_view word, cure;
};

// Words whose meaning differs between SQL engines or between two runs.
constexpr std::array kRefused = std::to_array<Refused>({
    {"asof", "join on time <= and keep row_number() = 1"},
    {"recursive", "unroll it"},
    {"quantile_cont", "use median, or percent_rank in a step of its own"},
    {"date_diff", "subtract epoch seconds"},
    {"datediff", "subtract epoch seconds"},
    {"string_agg", "keep one row per text"},
    {"exclude", "name the columns"},
    {"random", "a table is a function of its inputs"},
    {"now", "a table is a function of its inputs"},
    {"current_timestamp", "a table is a function of its inputs"},
    {"current_date", "a table is a function of its inputs"},
    {"insert", "a table file is one select"},
    {"update", "a table file is one select"},
    {"delete", "a table file is one select"},
    {"create", "a table file is one select"},
    {"attach", "a table file is one select"},
    {"copy", "a table file is one select"},
    {"read_parquet", "read tables by ref('layer.table')"},
    {"read_csv", "read tables by ref('layer.table')"},
});

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  SqlText Scan() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (text_.substr(at_, 2) == "--")
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == '\'' || c == '"')
        CopyQuoted(c);
      else if (IsWordByte(c))
        ReadWord();
      else
        ReadMark(c);
    }
    if (words_ == 0) Problem("the select is missing");
    while (!out_.sql.empty() && std::isspace(static_cast<unsigned char>(out_.sql.back())) != 0)
      out_.sql.pop_back();
    size_t begin = out_.sql.find_first_not_of(" \n\t\r");
    if (begin != std::string::npos) out_.sql.erase(0, begin);
    return std::move(out_);
  }

 private:
  void Problem(std::string message) { out_.problems.emplace_back(line_, std::move(message)); }

  void CopyQuoted(char quote) {
    size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) {
      Problem("a quote is not closed");
      end = text_.size() - 1;
    }
    auto piece = text_.substr(at_, end + 1 - at_);
    line_ += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
    out_.sql.append(piece);
    at_ = end + 1;
  }

  void ReadMark(char c) {
    if (c == ';' && base::Trim(text_.substr(at_ + 1)).empty()) {
      at_ = text_.size();
      return;
    }
    if (c == ';') Problem("one select per file: a ';' may only stand at the end");
    if (c == '\n') ++line_;
    out_.sql.push_back(c);
    ++at_;
  }

  void ReadWord() {
    size_t end = at_;
    while (end < text_.size() && IsWordByte(text_[end])) ++end;
    std::string word = base::ToLower(text_.substr(at_, end - at_));
    if (++words_ == 1 && word != "select" && word != "with")
      Problem(format("'{}' begins the statement; begin with select or with", word));
    if (word == "ref" && text_.substr(end, 1) == "(") return ReadRef(end + 1);
    bool qualifies = text_.substr(end, 1) == ".";
    static const std::set<std::string> layers = {"bronze", "silver",  "gold",
                                                 "raw",    "staging", "analytics"};
    if (qualifies && layers.count(word) != 0)
      Problem(format("'{0}.' names a table directly; write ref('{0}.…')", word));
    for (const auto& refused : kRefused) {
      if (word == refused.word) Problem(format("'{}' is refused: {}", word, refused.cure));
    }
    out_.sql.append(text_.substr(at_, end - at_));
    at_ = end;
  }

  void ReadRef(size_t begin) {
    size_t close = text_.find(')', begin);
    auto inside = base::Trim(text_.substr(begin, std::min(close, text_.size()) - begin));
    bool quoted = inside.size() > 2 && inside.front() == '\'' && inside.back() == '\'';
    std::string name(quoted ? inside.substr(1, inside.size() - 2) : inside);
    size_t dot = name.find('.');
    std::string layer = name.substr(0, dot);
    bool known = layer == "bronze" || layer == "silver" || layer == "gold" || layer == "clinic";
    bool plain = dot != name.npos && name.find_first_of("'\"; \n", dot) == name.npos;
    if (close == text_.npos || !quoted || !known || !plain) {
      Problem("a ref reads ref('silver.table'), ref('gold.table') or ref('bronze.feed')");
      at_ = begin;
      return;
    }
    out_.sql += ViewName(name);
    out_.refs.push_back(std::move(name));
    at_ = close + 1;
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1, words_ = 0;
  SqlText out_;
};

}  // namespace

SqlText ScanSql(std::string_view text) { return Scanner(text).Scan(); }

std::string ViewName(std::string_view table) {
  size_t dot = table.find('.');
  return format("{}.\"{}\"", table.substr(0, dot), table.substr(dot + 1));
}

bool AddsDoubles(std::string_view sql) {
  static constexpr std::array kAdding = std::to_array<std::string_view>(
      {"sum", "avg", "mean", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp",
       "var_pop", "corr", "covar_samp", "covar_pop", "regr_slope", "regr_intercept", "product"});
  std::string word;
  for (char c : sql) {
    if (IsWordByte(c)) {
      word.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
      continue;
    }
    if (std::find(kAdding.begin(), kAdding.end(), word) != kAdding.end()) return true;
    word.clear();
  }
  return false;
}

}  // namespace codman::lakehouse
