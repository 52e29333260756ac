#include <algorithm>
#include <cmath>
#include <regex>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "events/normalizer_internal.h"

namespace codman::events {
namespace {

constexpr std::string_view kHeaderMark = "header=";

class TabularNormalizer : public Normalizer {
 public:
  TabularNormalizer(const SourceMapping& source, const Concepts& concepts, int64_t now_us)
      : source_(source),
        concepts_(concepts),
        now_us_(now_us),
        subject_pattern_(source.subject_pattern) {
    for (const auto& column : source_.columns)
      source_codes_.push_back(source_.name + "//" + column.column);
    for (const auto& column : source_.columns) {
      fact_of_.push_back(num_facts_);
      if (column.role == Role::kStatic) ++num_facts_;
    }
  }

  void Add(const RawRecord& record, Normalized* out) override {
    ++out->records;
    if (record.content_type.starts_with(kBytesMark)) {
      ++out->unparsable_records;
      return Quarantine(record, "", Reason::kUnparsable, "utf-8", out);
    }
    UseHeader(record.content_type);
    bool quoted = source_.format == Format::kCsv;
    if (!SplitFields(record.payload, separator(), quoted, &cells_, &unquoted_) ||
        cells_.size() != header_fields_) {
      ++out->unparsable_records;
      return Quarantine(record, "", Reason::kUnparsable, "fields", out);
    }
    row_.identifier = Subject(record);
    if (header_drifted_) return Refuse(record, Reason::kSchemaDrift, "header", out);
    if (row_.identifier.empty()) return Refuse(record, Reason::kMissingSubject, "subject", out);
    if (!ReadTime()) return Refuse(record, Reason::kMissingTime, "time", out);
    bool real_time = !source_.relative_time && !source_.shifted_dates;
    if (real_time && row_.event_time_us > now_us_ + kFutureToleranceUs)
      return Refuse(record, Reason::kFutureTime, "time", out);
    row_.received_seq = record.received_seq;
    row_.feed = record.feed;
    row_.encounter_ref = encounter_position_ < 0 ? std::string_view()
                                                 : cells_[static_cast<size_t>(encounter_position_)];
    record_name_ = {};
    if (source_.rows_are_records) {
      record_name_ = RecordName();
      if (encounter_position_ < 0) row_.encounter_ref = record_name_;
    }
    UseSubject();
    AddMarkerAndAdmission(record, out);
    for (size_t i = 0; i < source_.columns.size(); ++i) {
      if (positions_[i] >= 0)
        AddCell(record, source_.columns[i], i, cells_[static_cast<size_t>(positions_[i])], out);
    }
  }

 private:
  char separator() const { return source_.format == Format::kPsv ? '|' : ','; }

  // Rows of one file share their header, so the map from columns to positions is made once per
  // header.
  void UseHeader(std::string_view content_type) {
    if (content_type == content_type_) return;
    content_type_ = content_type;
    size_t at = content_type.find(kHeaderMark);
    std::string_view header =
        at == content_type.npos ? "" : content_type.substr(at + kHeaderMark.size());
    std::vector<std::string> extra;
    header_drifted_ = !CheckHeader(source_, header, &extra).ok();
    std::vector<std::string_view> names;
    SplitFields(header, separator(), source_.format == Format::kCsv, &names, &unquoted_);
    auto find = [&](std::string_view name) {
      auto found = std::find(names.begin(), names.end(), name);
      return found == names.end() || name.empty() ? -1 : static_cast<int>(found - names.begin());
    };
    header_fields_ = names.size();
    positions_.clear();
    for (const auto& column : source_.columns) positions_.push_back(find(column.column));
    subject_position_ = find(source_.subject_column);
    time_position_ = find(source_.time_column);
    record_positions_.clear();
    for (const auto& name : source_.record_columns) record_positions_.push_back(find(name));
    encounter_position_ = -1;
    for (const auto& column : source_.columns) {
      if (column.role == Role::kEncounter) encounter_position_ = find(column.column);
    }
  }

  std::string_view Subject(const RawRecord& record) {
    if (subject_position_ >= 0)
      return PartOf(base::Trim(cells_[static_cast<size_t>(subject_position_)]));
    auto position = record.source_position;
    if (source_.row_is_subject) return RowName(position);
    size_t begin = position.rfind('/'), end = position.rfind('#');
    auto file = position.substr(begin == position.npos ? 0 : begin + 1,
                                end == position.npos ? end : end - begin - 1);
    if (file == file_name_) return file_subject_;
    file_name_ = file;
    std::smatch match;
    file_subject_.clear();
    if (std::regex_search(file_name_, match, subject_pattern_))
      file_subject_ = match.size() > 1 ? match[1] : match[0];
    return file_subject_;
  }

  // The whole cell, or what the pattern takes of it.
  std::string_view PartOf(std::string_view cell) {
    if (source_.subject_pattern.empty()) return cell;
    std::cmatch match;
    if (!std::regex_search(cell.data(), cell.data() + cell.size(), match, subject_pattern_))
      return {};
    file_subject_ = match.size() > 1 ? match[1].str() : match[0].str();
    return file_subject_;
  }

  // "file:<sha256>/<member>#<row>" → "<8 digits of the hash>#<row>".
  std::string_view RowName(std::string_view position) {
    size_t colon = position.find(':'), hash = position.rfind('#');
    size_t begin = colon == position.npos ? 0 : colon + 1;
    file_subject_ = format("{}{}", position.substr(begin, 8),
                           hash == position.npos ? "" : position.substr(hash));
    return file_subject_;
  }

  // "4017_S_0301/m06" of two columns; a header that lacks one is refused before.
  std::string_view RecordName() {
    if (record_positions_.empty()) return row_.identifier;
    auto cell = [&](int at) { return at < 0 ? "" : base::Trim(cells_[static_cast<size_t>(at)]); };
    if (record_positions_.size() == 1) return cell(record_positions_[0]);
    joined_name_.clear();
    for (int at : record_positions_)
      joined_name_.append(joined_name_.empty() ? "" : "/").append(cell(at));
    return joined_name_;
  }

  bool ReadTime() {
    if (source_.time_column.empty() && source_.relative_time) {
      row_.event_time_us = source_.anchor_us;
      return true;
    }
    if (time_position_ < 0) return false;
    auto cell = base::Trim(cells_[static_cast<size_t>(time_position_)]);
    if (source_.relative_time) {
      auto count = base::ParseDouble(cell);
      if (!count || std::fabs(*count) > 1e7) return false;
      row_.event_time_us =
          source_.anchor_us + std::llround(*count * static_cast<double>(source_.relative_unit_us));
      return true;
    }
    auto time = base::ParseTime(cell, source_.zone_offset_minutes);
    row_.event_time_us = time.value_or(0);
    return time.has_value();
  }

  // A row without its subject or time still holds measurements: each is quarantined, none is lost.
  void Refuse(const RawRecord& record, Reason reason, std::string_view rule, Normalized* out) {
    bool any = false;
    for (size_t i = 0; i < source_.columns.size(); ++i) {
      Role role = source_.columns[i].role;
      if ((role != Role::kConcept && role != Role::kField) || positions_[i] < 0) continue;
      if (IsMissing(cells_[static_cast<size_t>(positions_[i])])) continue;
      ++out->measurements;
      any = true;
      Quarantine(record, source_.columns[i].column, reason, rule, out);
    }
    if (!any) Quarantine(record, "", reason, rule, out);
  }

  bool IsMissing(std::string_view cell) const {
    cell = base::Trim(cell);
    return cell.empty() ||
           std::find(source_.missing.begin(), source_.missing.end(), cell) != source_.missing.end();
  }

  void AddMarkerAndAdmission(const RawRecord& record, Normalized* out) {
    row_.known_time_us = row_.event_time_us + source_.latency_us.value_or(0);
    row_.source_record_id = record_name_;
    row_.text = row_.unit = {};
    if (source_.admission_concept >= 0 && !subject_->admitted) {
      subject_->admitted = true;
      EventRow admission = row_;
      admission.event_time_us = source_.anchor_us;
      // Rows may count from before the admission.
      admission.known_time_us = std::max(admission.known_time_us, admission.event_time_us);
      admission.concept_name = concepts_[source_.admission_concept].name;
      admission.source_code = {};
      admission.value = 1;
      admission.status = "static";
      AppendEvent(admission, &out->events);
    }
    if (!source_.rows_are_prediction_times) return;
    size_t hash = record.source_position.rfind('#');
    row_.concept_name = "source_row";
    row_.source_code = {};
    row_.value = base::ParseDouble(record.source_position.substr(hash + 1)).value_or(0);
    row_.status = "marker";
    AppendEvent(row_, &out->events);
    ++out->markers;
  }

  void AddCell(const RawRecord& record, const ColumnMapping& column, size_t index,
               std::string_view cell, Normalized* out) {
    bool measured = column.role == Role::kConcept;
    bool told = column.role == Role::kStatic || column.role == Role::kLabel;
    if (!measured && !told && column.role != Role::kField) return;
    cell = base::Trim(cell);
    if (IsMissing(cell)) return;
    if (column.role == Role::kField) return AddField(record, column, index, cell, out);
    if (measured) ++out->measurements;
    bool repeated_fact = column.role == Role::kStatic && !source_.rows_are_records;
    if (repeated_fact && !StaticChanged(index, cell)) return;
    auto number = base::ParseDouble(cell);
    bool plain_fact = column.role == Role::kStatic && column.concept_index < 0;
    if (!number && !plain_fact)
      return Quarantine(record, column.column, Reason::kTypeMismatch, "number", out);
    row_.value = number.value_or(std::nan(""));
    row_.text = number ? std::string_view() : cell;
    row_.source_code = source_codes_[index];
    row_.concept_name = {};
    int64_t latency = 0;
    if (column.concept_index >= 0) {
      const Concept& mapped = concepts_[column.concept_index];
      Checked checked = ToCanonical(mapped, *number, column.unit);
      if (checked.reason)
        return Quarantine(record, column.column, *checked.reason, checked.rule, out);
      row_.value = checked.value;
      row_.concept_name = mapped.name;
      row_.source_code = {};
      latency = mapped.latency_us;
    }
    row_.known_time_us = row_.event_time_us + source_.latency_us.value_or(latency);
    row_.status = measured ? "final" : column.role == Role::kLabel ? "label" : "static";
    AppendEvent(row_, &out->events);
  }

  void AddField(const RawRecord& record, const ColumnMapping& column, size_t index,
                std::string_view cell, Normalized* out) {
    const FieldRule& rule = column.field;
    if (std::find(rule.missing.begin(), rule.missing.end(), cell) != rule.missing.end()) return;
    ++out->measurements;
    bool limit = rule.censored && (cell[0] == '>' || cell[0] == '<');
    std::optional<double> number;
    if (rule.is_number) number = base::ParseDouble(limit ? cell.substr(1) : cell);
    if (rule.is_number && !number)
      return Quarantine(record, column.column, Reason::kTypeMismatch, "number", out);
    if (number && (*number < rule.low || *number > rule.high))
      return Quarantine(record, column.column, Reason::kOutOfRange, "range", out);
    bool listed = rule.levels.empty() ||
                  std::find(rule.levels.begin(), rule.levels.end(), cell) != rule.levels.end();
    if (!listed) return Quarantine(record, column.column, Reason::kTypeMismatch, "levels", out);
    row_.value = number.value_or(std::nan(""));
    row_.text = number && !limit ? std::string_view() : cell;
    row_.source_code = source_codes_[index];
    row_.concept_name = {};
    row_.known_time_us = row_.event_time_us + source_.latency_us.value_or(0);
    row_.status = "final";
    AppendEvent(row_, &out->events);
  }

  // Rows of subjects may be interleaved, so what was told is kept for each of them.
  void UseSubject() {
    if (subject_ != nullptr && row_.identifier == subject_name_) return;
    subject_name_ = row_.identifier;
    subject_ = &told_[subject_name_];
    subject_->facts.resize(num_facts_);
  }

  bool StaticChanged(size_t index, std::string_view cell) {
    size_t told = std::hash<std::string_view>{}(cell) | 1;
    return std::exchange(subject_->facts[fact_of_[index]], told) != told;
  }

  struct Told {
    bool admitted = false;
    std::vector<size_t> facts;  // hash of the last value of each static column, 0 before the first
  };

  const SourceMapping& source_;
  const Concepts& concepts_;
  const int64_t now_us_;
  const std::regex subject_pattern_;
  std::vector<std::string> source_codes_;
  // Of the header in use.
  std::string content_type_;
  size_t header_fields_ = 0;
  bool header_drifted_ = false;  // it does not fit the mapping: nothing of its rows can be trusted
  std::vector<int> positions_;
  int subject_position_ = -1, time_position_ = -1, encounter_position_ = -1;
  std::vector<int> record_positions_;
  // Of the row in hand.
  std::vector<std::string_view> cells_;
  std::string_view record_name_;  // where rows are records of their own
  std::string joined_name_;
  std::string unquoted_;
  EventRow row_;
  // Of the subject in hand.
  std::string file_name_, file_subject_, subject_name_;
  Told* subject_ = nullptr;  // in told_
  // Of all subjects.
  std::unordered_map<std::string, Told> told_;
  std::vector<size_t> fact_of_;  // column → place in Told::facts
  size_t num_facts_ = 0;
};

}  // namespace

std::unique_ptr<Normalizer> CreateTabularNormalizer(const SourceMapping& source,
                                                    const Concepts& concepts, int64_t now_us) {
  return std::make_unique<TabularNormalizer>(source, concepts, now_us);
}

}  // namespace codman::events
