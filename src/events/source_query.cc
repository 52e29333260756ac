#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "events/source_query_internal.h"

namespace codman::events {
namespace {

bool IsName(const std::string& name) {
  auto fits = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; };
  return !name.empty() && std::islower(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), fits);
}

bool StaysWithin(const std::string& pattern) {
  std::filesystem::path path(pattern);
  return !pattern.empty() && path.is_relative() &&
         std::find(path.begin(), path.end(), "..") == path.end();
}

}  // namespace

std::vector<TableOfFiles> TablesOf(const Json& document, base::Problems* problems) {
  std::vector<TableOfFiles> tables;
  for (const auto& [name, pattern] : document["files"].members()) {
    if (!IsName(name))
      problems->Add(pattern, format("'{}' must be a name of small letters, digits and _", name));
    if (!StaysWithin(pattern.AsString())) {
      problems->Add(pattern, format("the pattern of '{}' must be a path below the folder that is "
                                    "read, such as icu/stays.csv*",
                                    name));
    }
    tables.push_back({name, pattern.AsString()});
  }
  return tables;
}

std::string QueryOf(const Json& entry, const std::string& source_file, base::Problems* problems) {
  std::string query = problems->Text(entry, "query");
  if (!query.ends_with(".sql") || query.find_first_of(" \n") != query.npos) return query;
  auto path = std::filesystem::path(source_file).parent_path() / query;
  if (query.find('/') != query.npos || !base::FileExists(path.string())) {
    problems->Add(entry["query"], format("there is no {} beside this file", query));
    return {};
  }
  auto text = base::ReadFile(path.string());
  if (text.ok()) return std::move(*text);
  problems->Add(text.error());
  return {};
}

}  // namespace codman::events
