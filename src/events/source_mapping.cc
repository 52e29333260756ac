#include "events/source_mapping.h"

#include <algorithm>
#include <limits>
#include <regex>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "base/yaml.h"
#include "events/source_query_internal.h"

namespace codman::events {
namespace {

using base::Problems;

class Reader {
 public:
  Reader(const std::string& file, const Json& document, const Concepts& concepts)
      : document_(document), concepts_(concepts), problems_(file) {
    source_.file = file;
  }

  Result<SourceMapping> Read() {
    problems_.CheckKeys(document_, {"name",
                                    "description",
                                    "licence",
                                    "kind",
                                    "format",
                                    "synthetic",
                                    "identifiers",
                                    "identifier_system",
                                    "feeds",
                                    "files",
                                    "query",
                                    "shifted_dates",
                                    "missing",
                                    "subject",
                                    "time",
                                    "relative_time",
                                    "zone",
                                    "latency",
                                    "prediction_rows",
                                    "admission",
                                    "columns",
                                    "record",
                                    "rows",
                                    "fixture_subjects"});
    source_.name = problems_.Text(document_, "name");
    source_.description = problems_.Text(document_, "description", false);
    source_.licence = problems_.Text(document_, "licence", false);
    if (problems_.Text(document_, "kind") != "files")
      problems_.Add(document_["kind"], "'kind' must be files");
    source_.synthetic = document_["synthetic"].AsBool();
    source_.missing = problems_.Texts(document_, "missing");
    source_.shifted_dates = document_["shifted_dates"].AsBool();
    ReadFormat();
    ReadIdentifiers();
    ReadFeeds();
    ReadZone();
    if (source_.format == Format::kNdjson) {
      ReadRecord();
    } else {
      ReadTimes();
      ReadColumns();
    }
    TRY(problems_.ToResult());
    std::string queries;
    for (const auto& mapped : source_.feeds) queries += mapped.query;
    source_.hash = base::Sha256Hex(document_.ToString() + queries + concepts_.hash());
    return source_;
  }

 private:
  void ReadFormat() {
    std::string format_name = problems_.Text(document_, "format");
    if (format_name == "csv")
      source_.format = Format::kCsv;
    else if (format_name == "psv")
      source_.format = Format::kPsv;
    else if (format_name == "ndjson")
      source_.format = Format::kNdjson;
    else
      problems_.Add(document_["format"], "'format' must be csv, psv or ndjson");
  }

  void ReadIdentifiers() {
    std::string identifiers = problems_.Text(document_, "identifiers");
    if (identifiers != "public" && identifiers != "protected") {
      problems_.Add(
          document_["identifiers"],
          "'identifiers' must be protected (patients of yours) or public (research data)");
    }
    source_.public_identifiers = identifiers == "public";
    source_.identifier_system = problems_.Text(document_, "identifier_system", false);
    if (source_.identifier_system.empty()) source_.identifier_system = source_.name;
    const Json& subject = document_["subject"];
    if (source_.format == Format::kNdjson) return;
    problems_.CheckKeys(subject, {"column", "pattern", "file_name", "row"});
    source_.subject_column = problems_.Text(subject, "column", false);
    const char* pattern = source_.subject_column.empty() ? "file_name" : "pattern";
    source_.subject_pattern = problems_.Text(subject, pattern, false);
    source_.fixture_pattern = problems_.Text(document_, "fixture_subjects", false);
    source_.row_is_subject = subject["row"].AsBool();
    int ways = int(!source_.subject_column.empty()) + int(subject.Find("file_name") != nullptr) +
               int(source_.row_is_subject);
    if (ways != 1) {
      problems_.Add(subject,
                    "'subject' needs one of column: NAME, file_name: PATTERN and row: true");
    }
    if (const Json* rows = document_.Find("rows")) {
      problems_.CheckKeys(*rows, {"record"});
      source_.rows_are_records = true;
      const Json& record = (*rows)["record"];
      if (record.is_array())
        source_.record_columns = problems_.Texts(*rows, "record");
      else if (!record.is_null())
        source_.record_columns = {problems_.Text(*rows, "record")};
    }
    try {
      std::regex check(source_.subject_pattern), fixture(source_.fixture_pattern);
    } catch (const std::regex_error&) {
      problems_.Add(subject, "a pattern is not a regular expression");
    }
  }

  void ReadFeeds() {
    for (const auto& entry : document_["feeds"].items()) {
      bool queried = entry.Find("query") != nullptr;
      problems_.CheckKeys(entry, {"feed", queried ? "query" : "pattern", "static"});
      source_.feeds.push_back({.feed = problems_.Text(entry, "feed"),
                               .pattern = queried ? "" : problems_.Text(entry, "pattern"),
                               .is_static = entry["static"].AsBool(),
                               .query = queried ? QueryOf(entry, source_.file, &problems_) : ""});
    }
    if (source_.feeds.empty()) source_.feeds.push_back({source_.name, "*", false, ""});
    if (document_.Find("query") != nullptr) {
      if (document_.Find("feeds") != nullptr)
        problems_.Add(document_["query"], "a query stands here or in each of 'feeds', not in both");
      source_.feeds.front().query = QueryOf(document_, source_.file, &problems_);
    }
    source_.files = TablesOf(document_, &problems_);
    for (const auto& mapped : source_.feeds) {
      if (mapped.query.empty() != source_.files.empty())
        problems_.Add(document_, format("the feed '{}' needs both 'files' and 'query', or neither",
                                        mapped.feed));
    }
    if (!source_.files.empty() && source_.format == Format::kPsv)
      problems_.Add(document_["format"], "the rows of a query are csv or ndjson");
  }

  void ReadZone() {
    const Json* zone = document_.Find("zone");
    if (zone == nullptr) return;
    auto probe = base::ParseTime("2000-01-01T00:00" + zone->AsString());
    if (!probe) return problems_.Add(*zone, "'zone' must be Z or an offset such as +01:00");
    source_.zone_offset_minutes =
        static_cast<int>((946684800 * base::kSecondUs - *probe) / base::kMinuteUs);
  }

  void ReadTimes() {
    source_.rows_are_prediction_times = document_["prediction_rows"].AsBool();
    if (const Json* latency = document_.Find("latency")) {
      source_.latency_us = base::ParseDuration(latency->AsString());
      if (!source_.latency_us)
        problems_.Add(*latency, "'latency' must be a duration such as 0s, 30m or 2h");
    }
    if (const Json* relative = document_.Find("relative_time")) {
      problems_.CheckKeys(*relative, {"column", "unit", "anchor"});
      source_.relative_time = true;
      source_.time_column = problems_.Text(*relative, "column");
      auto unit = base::ParseDuration("1" + problems_.Text(*relative, "unit"));
      auto anchor = base::ParseTime(problems_.Text(*relative, "anchor"));
      if (!unit) problems_.Add((*relative)["unit"], "'unit' must be s, m, h or d");
      if (!anchor)
        problems_.Add((*relative)["anchor"],
                      "'anchor' must be a time with a zone: 2000-01-01T00:00Z");
      source_.relative_unit_us = unit.value_or(base::kHourUs);
      source_.anchor_us = anchor.value_or(0);
    } else if (const Json* anchor = document_["time"].Find("anchor")) {
      ReadAnchor(document_["time"], *anchor);
    } else {
      source_.time_column = problems_.Text(document_["time"], "column", false);
      if (source_.time_column.empty()) {
        problems_.Add(document_,
                      "a time is missing: add time: {column: …}, relative_time: {column, unit, "
                      "anchor}, or time: {anchor: …} where the rows have none");
      }
    }
    if (const Json* admission = document_.Find("admission"))
      source_.admission_concept = FindConcept(*admission);
  }

  // Rows without any time stand at the anchor, and predictions of them too.
  void ReadAnchor(const Json& time, const Json& anchor) {
    problems_.CheckKeys(time, {"anchor"});
    auto parsed = base::ParseTime(anchor.AsString());
    if (!parsed) problems_.Add(anchor, "'anchor' must be a time with a zone: 2000-01-01T00:00Z");
    source_.relative_time = true;
    source_.anchor_us = parsed.value_or(0);
  }

  int FindConcept(const Json& named) {
    int index = concepts_.Find(named.AsString());
    if (index >= 0) return index;
    std::vector<std::string> names;
    for (const auto& known : concepts_.all()) names.push_back(known.name);
    std::string nearest = base::NearestWord(named.AsString(), names);
    problems_.Add(named, format("unknown concept '{}'{}", named.AsString(),
                                nearest.empty() ? "; declare it in concepts/"
                                                : format("; did you mean '{}'?", nearest)));
    return -1;
  }

  void ReadColumns() {
    if (document_["columns"].size() == 0)
      problems_.Add(document_, "'columns' is missing: say what each column is");
    for (const auto& [name, entry] : document_["columns"].members()) {
      problems_.CheckKeys(entry, {"concept", "static", "label", "role", "unit", "optional", "field",
                                  "range", "levels", "missing", "censored"});
      ColumnMapping column{.column = name, .line = entry.line()};
      column.unit = problems_.Text(entry, "unit", false);
      column.optional = entry["optional"].AsBool();
      ReadRole(entry, &column);
      CheckUnit(entry, column);
      source_.columns.push_back(column);
    }
    std::vector<std::string> named;
    if (source_.rows_are_records) {
      named = source_.record_columns;
      named.push_back(source_.subject_column);
      named.push_back(source_.time_column);
    }
    for (const auto& name : named) {
      bool known = std::any_of(source_.columns.begin(), source_.columns.end(),
                               [&](const auto& column) { return column.column == name; });
      if (!name.empty() && !known) {
        problems_.Add(document_["columns"],
                      format("'{}' names the row, its subject or its time and must stand in "
                             "'columns' too",
                             name));
      }
    }
  }

  void ReadField(const Json& entry, const Json& kind, ColumnMapping* column) {
    column->role = Role::kField;
    FieldRule& rule = column->field;
    rule.is_number = kind.AsString() == "number";
    if (!rule.is_number && kind.AsString() != "text")
      problems_.Add(kind, "'field' must be number or text");
    rule.levels = problems_.Texts(entry, "levels");
    rule.missing = problems_.Texts(entry, "missing");
    rule.censored = entry["censored"].AsBool();
    rule.low = -std::numeric_limits<double>::infinity();
    rule.high = std::numeric_limits<double>::infinity();
    const Json* range = entry.Find("range");
    if (range == nullptr) return;
    if (range->size() != 2 || !range->items()[0].is_number() || !range->items()[1].is_number())
      return problems_.Add(*range, "'range' must be two numbers, the lower one first");
    rule.low = range->items()[0].AsDouble();
    rule.high = range->items()[1].AsDouble();
  }

  void ReadRole(const Json& entry, ColumnMapping* column) {
    if (const Json* measured = entry.Find("concept")) {
      column->role = Role::kConcept;
      column->concept_index = FindConcept(*measured);
      if (column->concept_index >= 0 && concepts_[column->concept_index].outcome) {
        problems_.Add(*measured, "an outcome must be mapped as label:, not as concept:");
      }
    } else if (const Json* label = entry.Find("label")) {
      column->role = Role::kLabel;
      column->concept_index = FindConcept(*label);
    } else if (const Json* kind = entry.Find("field")) {
      ReadField(entry, *kind, column);
    } else if (const Json* fact = entry.Find("static")) {
      column->role = Role::kStatic;
      if (fact->is_string()) column->concept_index = FindConcept(*fact);
    } else {
      std::string role = problems_.Text(entry, "role");
      if (role == "time")
        column->role = Role::kTime;
      else if (role == "subject")
        column->role = Role::kSubject;
      else if (role == "encounter")
        column->role = Role::kEncounter;
      else if (role != "ignored")
        problems_.Add(entry, "'role' must be time, subject, encounter or ignored");
    }
  }

  void CheckUnit(const Json& entry, const ColumnMapping& column) {
    if (column.concept_index < 0) return;
    const Concept& mapped = concepts_[column.concept_index];
    if (column.unit == mapped.unit) return;
    std::vector<std::string> known = {mapped.unit};
    for (const auto& conversion : mapped.conversions) known.push_back(conversion.unit);
    if (std::find(known.begin(), known.end(), column.unit) != known.end()) return;
    problems_.Add(entry, format("'{}' declares unit '{}', but {} is known in: {}", column.column,
                                column.unit, mapped.name, base::Join(known, ", ")));
  }

  void ReadRecord() {
    const Json& record = document_["record"];
    problems_.CheckKeys(record, {"id", "subject", "encounter", "event_time", "known_time", "status",
                                 "measurements", "code", "value", "unit", "code_system", "codes"});
    RecordMapping& mapping = source_.record;
    mapping.id = problems_.Text(record, "id", false);
    mapping.subject = problems_.Text(record, "subject");
    mapping.encounter = problems_.Text(record, "encounter", false);
    mapping.event_time = problems_.Text(record, "event_time");
    mapping.known_time = problems_.Text(record, "known_time", false);
    mapping.status = problems_.Text(record, "status", false);
    mapping.measurements = problems_.Text(record, "measurements", false);
    mapping.code = problems_.Text(record, "code");
    mapping.value = problems_.Text(record, "value");
    mapping.unit = problems_.Text(record, "unit", false);
    mapping.code_system = problems_.Text(record, "code_system", false);
    for (const auto& [code, entry] : record["codes"].members()) {
      problems_.CheckKeys(entry, {"concept", "unit"});
      ColumnMapping meaning{.column = code, .role = Role::kConcept};
      meaning.concept_index = FindConcept(entry["concept"]);
      meaning.unit = problems_.Text(entry, "unit", false);
      if (!meaning.unit.empty()) CheckUnit(entry, meaning);
      mapping.codes[code] = {meaning.concept_index, meaning.unit};
    }
  }

  const Json& document_;
  const Concepts& concepts_;
  Problems problems_;
  SourceMapping source_;
};

}  // namespace

Result<SourceMapping> SourceMapping::Load(const std::string& path, const Concepts& concepts) {
  Json document = TRY(base::ReadYaml(path));
  return Reader(path, document, concepts).Read();
}

Result<std::vector<SourceMapping>> LoadSources(const std::string& folder,
                                               const Concepts& concepts) {
  std::vector<SourceMapping> sources;
  Problems all("");
  for (const auto& name : TRY(base::ListFolder(folder))) {
    if (!base::EndsWith(name, ".yaml")) continue;
    auto source = SourceMapping::Load(folder + "/" + name, concepts);
    if (source.ok())
      sources.push_back(std::move(*source));
    else
      all.Add(source.error());
  }
  TRY(all.ToResult());
  return sources;
}

}  // namespace codman::events
