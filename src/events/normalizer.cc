#include "events/normalizer.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "events/normalizer_internal.h"

namespace codman::events {
namespace {

using columns::Column;
using columns::Type;

// An empty text is a null.
inline void AppendText(std::string_view text, Column* column) {
  column->strings.Append(text);
  column->valid.push_back(text.empty() ? 0 : 1);
}

}  // namespace

columns::Schema NormalizedEventSchema() {
  return {{"identifier", Type::kString},
          {"event_time", Type::kTimestamp},
          {"known_time", Type::kTimestamp},
          {"received_seq", Type::kInt64},
          {"concept", Type::kString},
          {"source_code", Type::kString},
          {"value", Type::kDouble},
          {"text", Type::kString},
          {"unit", Type::kString},
          {"status", Type::kString},
          {"quality", Type::kDouble},
          {"encounter_ref", Type::kString},
          {"source_record_id", Type::kString},
          {"feed", Type::kString}};
}

columns::Schema QuarantineSchema() {
  return {{"feed", Type::kString},
          {"source_position", Type::kString},
          {"received_time", Type::kTimestamp},
          {"field", Type::kString},
          {"reason", Type::kString},
          {"rule", Type::kString},
          {"payload_ref", Type::kInt64}};
}

Normalized::Normalized() : events(NormalizedEventSchema()), quarantine(QuarantineSchema()) {}

void Normalized::Clear() {
  events.Clear();
  quarantine.Clear();
  records = unparsable_records = measurements = markers = 0;
}

void AppendEvent(const EventRow& row, columns::Table* events) {
  auto& columns = events->columns;
  columns[kIdentifier].AppendString(row.identifier);
  columns[kEventTime].AppendInt(row.event_time_us);
  columns[kKnownTime].AppendInt(row.known_time_us);
  columns[kReceivedSeq].AppendInt(row.received_seq);
  AppendText(row.concept_name, &columns[kConcept]);
  AppendText(row.source_code, &columns[kSourceCode]);
  bool missing = std::isnan(row.value);
  columns[kValue].doubles.push_back(missing ? 0 : row.value);
  columns[kValue].valid.push_back(missing ? 0 : 1);
  AppendText(row.text, &columns[kText]);
  AppendText(row.unit, &columns[kUnit]);
  columns[kStatus].AppendString(row.status);
  columns[kQuality].AppendDouble(1);
  AppendText(row.encounter_ref, &columns[kEncounterRef]);
  AppendText(row.source_record_id, &columns[kSourceRecordId]);
  columns[kFeed].AppendString(row.feed);
}

void Quarantine(const RawRecord& record, std::string_view field, Reason reason,
                std::string_view rule, Normalized* out) {
  auto& columns = out->quarantine.columns;
  columns[0].AppendString(record.feed);
  columns[1].AppendString(record.source_position);
  columns[2].AppendInt(record.received_time_us);
  AppendText(field, &columns[3]);
  columns[4].AppendString(NameOf(reason));
  columns[5].AppendString(rule);
  columns[6].AppendInt(record.received_seq);
}

EventName EventNameOf(const SourceMapping& source, const Concepts& concepts,
                      std::string_view field) {
  int index = -1;
  std::string code = format("{}//{}", source.name, field);
  if (source.format == Format::kNdjson) {
    if (!source.record.code_system.empty())
      code = format("{}//{}", source.record.code_system, field);
    if (field.find("//") != field.npos) code = field;  // names its system itself
    if (auto own = source.record.codes.find(field); own != source.record.codes.end())
      index = own->second.concept_index;
    if (index < 0) index = concepts.Find(field);
    if (index < 0) index = concepts.FindByCode(code);
  } else {
    for (const auto& column : source.columns) {
      if (column.column == field) index = column.concept_index;
    }
  }
  if (index >= 0) return {concepts[index].name, ""};
  return {"", code};
}

std::unique_ptr<Normalizer> Normalizer::Create(const SourceMapping& source,
                                               const Concepts& concepts, int64_t now_us) {
  return source.format == Format::kNdjson ? CreateRecordNormalizer(source, concepts, now_us)
                                          : CreateTabularNormalizer(source, concepts, now_us);
}

bool SplitFields(std::string_view record, char separator, bool quoted,
                 std::vector<std::string_view>* fields, std::string* unquoted) {
  fields->clear();
  unquoted->clear();
  unquoted->reserve(record.size());  // views into it must stay valid
  size_t at = 0;
  while (true) {
    if (quoted && at < record.size() && record[at] == '"') {
      size_t begin = unquoted->size();
      for (++at;; ++at) {
        if (at >= record.size()) return false;
        if (record[at] != '"') {
          unquoted->push_back(record[at]);
        } else if (at + 1 < record.size() && record[at + 1] == '"') {
          unquoted->push_back('"');
          ++at;
        } else {
          break;
        }
      }
      fields->push_back(std::string_view(*unquoted).substr(begin));
      ++at;
      if (at < record.size() && record[at] != separator) return false;
    } else {
      size_t end = std::min(record.find(separator, at), record.size());
      fields->push_back(record.substr(at, end - at));
      at = end;
    }
    if (at >= record.size()) return true;
    ++at;  // the separator
  }
}

Result<> CheckHeader(const SourceMapping& source, std::string_view header,
                     std::vector<std::string>* extra) {
  std::vector<std::string_view> names;
  std::string unquoted;
  if (!SplitFields(header, source.format == Format::kPsv ? '|' : ',', source.format == Format::kCsv,
                   &names, &unquoted)) {
    return base::DataQuality("the header line has an unclosed quote");
  }
  std::set<std::string_view> seen;
  for (auto name : names) {
    if (!seen.insert(name).second)
      return base::DataQuality(format("the header names the column '{}' twice", name));
  }
  for (const auto& column : source.columns) {
    if (column.optional || column.role == Role::kIgnored || seen.count(column.column) != 0)
      continue;
    return base::DataQuality(format("the header lacks the column '{}' that {}:{} expects",
                                    column.column, source.file, column.line));
  }
  for (auto name : names) {
    bool known = std::any_of(source.columns.begin(), source.columns.end(),
                             [&](const auto& c) { return c.column == name; });
    if (!known) extra->emplace_back(name);
  }
  return {};
}

}  // namespace codman::events
