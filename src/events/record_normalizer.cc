#include <simdjson.h>

#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "events/normalizer_internal.h"

namespace codman::events {
namespace {

namespace dom = simdjson::dom;

// What stands at a path. A default-constructed element has no document behind it: it must not be
// asked anything.
struct Found {
  bool there = false;
  dom::element element;
};

// The member at a dotted path; a JSON null counts as not there.
Found Find(dom::element from, std::string_view path) {
  if (path.empty()) return {};
  for (auto name : base::Split(path, '.')) {
    dom::object object;
    dom::element next;
    if (from.get(object) || object.at_key(name).get(next)) return {};
    from = next;
  }
  return {from.type() != dom::element_type::NULL_VALUE, from};
}

class RecordNormalizer : public Normalizer {
 public:
  RecordNormalizer(const SourceMapping& source, const Concepts& concepts, int64_t now_us)
      : source_(source), mapping_(source.record), concepts_(concepts), now_us_(now_us) {}

  void Add(const RawRecord& record, Normalized* out) override {
    ++out->records;
    dom::element root;
    dom::object object;
    if (parser_.parse(record.payload.data(), record.payload.size(), true).get(root) ||
        root.get(object)) {
      ++out->unparsable_records;
      return Quarantine(record, "", Reason::kUnparsable, "json", out);
    }
    Found list = Find(root, mapping_.measurements);
    dom::array measurements;
    if (!mapping_.measurements.empty() && (!list.there || list.element.get(measurements))) {
      ++out->unparsable_records;
      return Quarantine(record, mapping_.measurements, Reason::kUnparsable, "measurements", out);
    }
    row_ = {};
    row_.received_seq = record.received_seq;
    row_.feed = record.feed;
    auto refused = ReadEnvelope(root);
    if (mapping_.measurements.empty()) {
      AddMeasurement(record, root, refused, out);
    } else {
      for (dom::element measurement : measurements)
        AddMeasurement(record, measurement, refused, out);
    }
  }

 private:
  struct Refusal {
    Reason reason;
    std::string_view rule;
  };

  static std::string_view Text(const Found& found) {
    std::string_view text;
    if (!found.there || found.element.get(text)) return {};
    return text;
  }

  // A text, or an integer as text: identifiers come as both.
  std::string_view Identifier(const Found& found, std::string* buffer) {
    int64_t number = 0;
    if (found.there && !found.element.get(number)) {
      *buffer = std::to_string(number);
      return *buffer;
    }
    return base::Trim(Text(found));
  }

  std::optional<Refusal> ReadEnvelope(dom::element root) {
    row_.identifier = Identifier(Find(root, mapping_.subject), &subject_);
    row_.encounter_ref = Identifier(Find(root, mapping_.encounter), &encounter_);
    record_id_ = std::string(Identifier(Find(root, mapping_.id), &id_));
    row_.source_record_id = record_id_;
    std::string_view status = Text(Find(root, mapping_.status));
    row_.status = Status(status);
    if (row_.identifier.empty()) return Refusal{Reason::kMissingSubject, "subject"};
    auto event_time =
        base::ParseTime(Text(Find(root, mapping_.event_time)), source_.zone_offset_minutes);
    if (!event_time) return Refusal{Reason::kMissingTime, "event_time"};
    row_.event_time_us = *event_time;
    stored_ = base::ParseTime(Text(Find(root, mapping_.known_time)), source_.zone_offset_minutes);
    if (*event_time > now_us_ + kFutureToleranceUs)
      return Refusal{Reason::kFutureTime, "event_time"};
    return {};
  }

  static std::string_view Status(std::string_view told) {
    if (told == "corrected" || told == "amended" || told == "C") return "corrected";
    if (told == "entered-in-error" || told == "retracted" || told == "D" || told == "W")
      return "retracted";
    return "final";
  }

  bool IsStatic(std::string_view feed) const {
    for (const auto& mapped : source_.feeds) {
      if (mapped.feed == feed) return mapped.is_static;
    }
    return false;
  }

  void AddMeasurement(const RawRecord& record, dom::element from,
                      const std::optional<Refusal>& refused, Normalized* out) {
    std::string code(Identifier(Find(from, mapping_.code), &code_));
    Found value = Find(from, mapping_.value);
    bool fact = IsStatic(record.feed);
    int index = concepts_.Find(code);
    if (index < 0 && !mapping_.code_system.empty())
      index = concepts_.FindByCode(mapping_.code_system + "//" + code);
    bool outcome = index >= 0 && concepts_[index].outcome;
    if (!value.there && row_.status != "retracted")
      return;  // a coded entry without a value is no measurement
    if (!fact && !outcome) ++out->measurements;
    if (refused) return Quarantine(record, code, refused->reason, refused->rule, out);
    if (code.empty()) return Quarantine(record, mapping_.code, Reason::kTypeMismatch, "code", out);
    EventRow row = row_;
    double number = std::nan("");
    bool numeric = value.there && !value.element.get(number);
    std::string_view unit = Text(Find(from, mapping_.unit));
    int64_t latency = 0;
    if (index < 0) {
      row.source_code = code = mapping_.code_system.empty() ? source_.name + "//" + code
                                                            : mapping_.code_system + "//" + code;
      row.value = number;
      row.text = numeric ? std::string_view() : Text(value);
      row.unit = unit;
    } else {
      const Concept& mapped = concepts_[index];
      latency = mapped.latency_us;
      row.concept_name = mapped.name;
      row.value = std::nan("");
      if (row.status != "retracted") {
        if (!numeric) return Quarantine(record, code, Reason::kTypeMismatch, "number", out);
        Checked checked = ToCanonical(mapped, number, unit);
        if (checked.reason) return Quarantine(record, code, *checked.reason, checked.rule, out);
        row.value = checked.value;
      }
    }
    row.known_time_us = stored_ ? std::max(*stored_, row.event_time_us)
                                : row.event_time_us + source_.latency_us.value_or(latency);
    if (fact) row.status = "static";
    if (outcome) row.status = "label";
    AppendEvent(row, &out->events);
  }

  const SourceMapping& source_;
  const RecordMapping& mapping_;
  const Concepts& concepts_;
  const int64_t now_us_;
  dom::parser parser_;
  EventRow row_;
  std::optional<int64_t> stored_;
  std::string subject_, encounter_, id_, record_id_, code_;
};

}  // namespace

std::unique_ptr<Normalizer> CreateRecordNormalizer(const SourceMapping& source,
                                                   const Concepts& concepts, int64_t now_us) {
  return std::make_unique<RecordNormalizer>(source, concepts, now_us);
}

}  // namespace codman::events
