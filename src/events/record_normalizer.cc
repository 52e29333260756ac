#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "events/code_book_internal.h"
#include "events/normalizer_internal.h"
#include "events/record_paths_internal.h"
#include "events/time_text_internal.h"

namespace codman::events {
namespace {

namespace dom = simdjson::dom;

enum EnvelopePath {
  kIdPath,
  kSubjectPath,
  kEncounterPath,
  kEventTimePath,
  kKnownTimePath,
  kStatusPath,
  kMeasurementsPath,
  kEnvelopePaths
};
enum MeasurementPath { kCodePath, kValuePath, kUnitPath, kMeasurementPaths };

// A text, or an integer as text: identifiers come as both.
class IdentifierText {
 public:
  std::string_view Of(const Found& found) {
    int64_t number = 0;
    if (!found.there || found.element.get(number)) return base::Trim(found.Text());
    auto end = std::to_chars(digits_, digits_ + sizeof digits_, number).ptr;
    return {digits_, static_cast<size_t>(end - digits_)};
  }

 private:
  char digits_[24];
};

class RecordNormalizer : public Normalizer {
 public:
  RecordNormalizer(const SourceMapping& source, const Concepts& concepts, int64_t now_us)
      : source_(source),
        mapping_(source.record),
        envelope_({mapping_.id, mapping_.subject, mapping_.encounter, mapping_.event_time,
                   mapping_.known_time, mapping_.status, mapping_.measurements}),
        measurement_({mapping_.code, mapping_.value, mapping_.unit}),
        codes_(concepts, source),
        now_us_(now_us) {}

  void Add(const RawRecord& record, Normalized* out) override {
    ++out->records;
    dom::element root;
    bool in_place = record.readable_after >= simdjson::SIMDJSON_PADDING;
    if (parser_.parse(record.payload.data(), record.payload.size(), !in_place).get(root) ||
        !root.is_object()) {
      ++out->unparsable_records;
      return Quarantine(record, "", Reason::kUnparsable, "json", out);
    }
    Found found[kEnvelopePaths];
    envelope_.Read(root, found);
    const Found& list = found[kMeasurementsPath];
    bool is_list = !mapping_.measurements.empty();
    dom::array measurements;
    if (is_list && (!list.there || list.element.get(measurements))) {
      ++out->unparsable_records;
      return Quarantine(record, mapping_.measurements, Reason::kUnparsable, "measurements", out);
    }
    if (record.feed != feed_) UseFeed(record.feed);
    row_ = {};
    row_.received_seq = record.received_seq;
    row_.feed = record.feed;
    auto refused = ReadEnvelope(found);
    if (!is_list) return AddMeasurement(record, root, 0, refused, out);
    size_t place = 0;
    for (dom::element measurement : measurements)
      AddMeasurement(record, measurement, place++, refused, out);
  }

 private:
  struct Refusal {
    Reason reason;
    std::string_view rule;
  };

  void UseFeed(std::string_view feed) {
    feed_ = feed;
    feed_is_static_ = false;
    for (const auto& mapped : source_.feeds) {
      if (mapped.feed != feed) continue;
      feed_is_static_ = mapped.is_static;
      return;
    }
  }

  std::optional<Refusal> ReadEnvelope(const Found* found) {
    row_.identifier = subject_.Of(found[kSubjectPath]);
    row_.encounter_ref = encounter_.Of(found[kEncounterPath]);
    row_.source_record_id = id_.Of(found[kIdPath]);
    row_.status = Status(found[kStatusPath].Text());
    stored_.reset();
    if (row_.identifier.empty()) return Refusal{Reason::kMissingSubject, "subject"};
    auto event_time = ParseTimeText(found[kEventTimePath].Text(), source_.zone_offset_minutes);
    if (!event_time) return Refusal{Reason::kMissingTime, "event_time"};
    row_.event_time_us = *event_time;
    stored_ = ParseTimeText(found[kKnownTimePath].Text(), source_.zone_offset_minutes);
    if (!source_.shifted_dates && *event_time > now_us_ + kFutureToleranceUs)
      return Refusal{Reason::kFutureTime, "event_time"};
    return {};
  }

  static std::string_view Status(std::string_view told) {
    if (told == "final") return "final";
    if (told == "corrected" || told == "amended" || told == "C") return "corrected";
    if (told == "entered-in-error" || told == "retracted" || told == "D" || told == "W")
      return "retracted";
    return "final";
  }

  void AddMeasurement(const RawRecord& record, dom::element from, size_t place,
                      const std::optional<Refusal>& refused, Normalized* out) {
    Found found[kMeasurementPaths];
    measurement_.Read(from, found);
    const Found& value = found[kValuePath];
    // A coded entry without a value is no measurement.
    if (!value.there && row_.status != "retracted") return;
    std::string_view code = code_.Of(found[kCodePath]);
    const CodeMeaning& meaning = codes_.Find(code, place);
    bool outcome = meaning.mapped != nullptr && meaning.mapped->outcome;
    if (!feed_is_static_ && !outcome) ++out->measurements;
    if (refused) return Quarantine(record, code, refused->reason, refused->rule, out);
    if (code.empty()) return Quarantine(record, mapping_.code, Reason::kTypeMismatch, "code", out);
    double number = std::nan("");
    bool numeric = value.there && !value.element.get(number);
    std::string_view unit = found[kUnitPath].Text();
    int64_t latency = 0;
    if (meaning.mapped == nullptr) {
      row_.concept_name = {};
      row_.source_code = meaning.source_code;
      row_.value = number;
      row_.text = numeric ? std::string_view() : value.Text();
      row_.unit = unit;
    } else {
      latency = meaning.mapped->latency_us;
      row_.concept_name = meaning.mapped->name;
      row_.source_code = row_.text = row_.unit = {};
      row_.value = std::nan("");
      if (row_.status != "retracted") {
        if (!numeric) return Quarantine(record, code, Reason::kTypeMismatch, "number", out);
        Checked checked =
            ToCanonical(*meaning.mapped, number, meaning.unit.empty() ? unit : meaning.unit);
        if (checked.reason) return Quarantine(record, code, *checked.reason, checked.rule, out);
        row_.value = checked.value;
      }
    }
    row_.known_time_us = stored_ ? std::max(*stored_, row_.event_time_us)
                                 : row_.event_time_us + source_.latency_us.value_or(latency);
    std::string_view told = row_.status;
    if (feed_is_static_) row_.status = "static";
    if (outcome) row_.status = "label";
    AppendEvent(row_, &out->events);
    row_.status = told;
  }

  const SourceMapping& source_;
  const RecordMapping& mapping_;
  const RecordPaths envelope_, measurement_;
  CodeBook codes_;
  const int64_t now_us_;
  dom::parser parser_;
  // Of the feed in hand.
  std::string feed_;
  bool feed_is_static_ = false;
  // Of the record in hand; texts are views into the parser or these.
  EventRow row_;
  std::optional<int64_t> stored_;
  IdentifierText subject_, encounter_, id_, code_;
};

}  // namespace

std::unique_ptr<Normalizer> CreateRecordNormalizer(const SourceMapping& source,
                                                   const Concepts& concepts, int64_t now_us) {
  return std::make_unique<RecordNormalizer>(source, concepts, now_us);
}

}  // namespace codman::events
