#include "base/clock.h"
#include "base/text.h"
#include "simulation/record_writer_internal.h"

namespace codman::simulation {
namespace {

constexpr std::array<const char*, kNumFeeds> kIdPrefixes = {"A", "V", "L", "E", "B", "M", "C"};

constexpr std::string_view kHappened = R"({"code":"prior_adverse_event","value":1,"unit":"1"})";

// Codes of the house, which no terminology has.
constexpr std::array<std::string_view, 4> kLocalCodes = {"LOCAL-BRADEN", "LOCAL-DRAIN-ML",
                                                         "LOCAL-PAIN", "LOCAL-RASS"};
constexpr std::array<std::string_view, 5> kFirstNames = {"Ada", "Bruno", "Carla", "Dario", "Elif"};
constexpr std::array<std::string_view, 5> kLastNames = {"Example", "Placeholder", "Sample",
                                                        "Specimen", "Testperson"};

void AppendEntry(std::string* out, const Sent& sent) {
  if (!out->empty()) out->push_back(',');
  out->append(R"({"code":")").append(sent.coded->code).append(R"(","value":)");
  AppendScaled(out, sent.scaled, sent.decimals);
  out->append(R"(,"unit":)");
  base::AppendJsonString(out, sent.unit);
  out->push_back('}');
}

std::string EntriesOf(const std::vector<Sent>& all) {
  std::string text;
  text.reserve(all.size() * 56);
  for (const Sent& sent : all) AppendEntry(&text, sent);
  return text;
}

int64_t Seconds(double hours) { return static_cast<int64_t>(hours * 3600) * base::kSecondUs; }

}  // namespace

RecordWriter::RecordWriter(const SimulationOptions& options,
                           const std::vector<CodedSignal>& signals, const Patient& patient,
                           Tally* tally, const LineSink& sink)
    : options_(options),
      signals_(signals),
      patient_(patient),
      tally_(tally),
      sink_(sink),
      random_(options.seed, static_cast<uint64_t>(patient.number), kFaultStream) {}

void RecordWriter::Write(const ChartRecord& record) {
  const auto feed = static_cast<size_t>(record.feed);
  Envelope envelope{record.feed,
                    format("{}-{}-{}", kIdPrefixes[feed], patient_.number, ++written_[feed]),
                    "final",
                    record.event_time_us,
                    record.stored_at_us,
                    true};
  if (random_.Chance(options_.faults.late)) {
    envelope.stored_at_us = record.event_time_us + Seconds(random_.Between(2, 24));
    ++Injected(Fault::kLate);
  }
  std::vector<Sent> sent;
  for (const auto& [signal, scaled] : record.measurements) {
    const CodedSignal& coded = signals_[signal];
    sent.push_back({signal, &coded, scaled, Models()[signal].decimals, coded.concept_of->unit});
  }
  Fault fault = DrawFault(options_.faults, sent.size(), &random_);
  if (!Spoil(fault, &sent)) fault = Fault::kNone;
  WriteAs(fault, std::move(envelope), std::move(sent));
}

bool RecordWriter::Spoil(Fault fault, std::vector<Sent>* sent) {
  const size_t size = sent->size();
  const auto first = static_cast<size_t>(random_.Whole(0, static_cast<int64_t>(size) - 1));
  for (size_t i = 0; i < size; ++i) {
    Sent* one = &(*sent)[(first + i) % size];
    switch (fault) {
      case Fault::kOutOfRange:
        if (PutOutOfRange(one, &random_)) return true;
        break;
      case Fault::kWrongUnit:
        if (PutWrongUnit(one)) return true;
        break;
      case Fault::kConvertedUnit:
        if (PutConvertedUnit(one)) return true;
        break;
      default:
        return true;
    }
  }
  return false;
}

void RecordWriter::WriteAs(Fault fault, Envelope envelope, std::vector<Sent> sent) {
  if (fault == Fault::kUnparsable) return WriteUnparsable(envelope, sent);
  if (fault == Fault::kDuplicate) return WriteTwice(envelope, sent);
  std::string entries = EntriesOf(sent);
  size_t size = sent.size();
  Sent corrected = sent.front();
  if (fault == Fault::kCorrected && !PutOtherValue(&corrected, &random_)) fault = Fault::kNone;
  if (fault == Fault::kUnmappedCode || fault == Fault::kIdentifierBearing) {
    entries += "," + UnmappedEntry(fault);
    ++size;
  }
  if (fault != Fault::kNone && fault != Fault::kCorrected) ++Injected(fault);
  envelope.has_time = fault != Fault::kMissingTime;
  const bool one_refused = fault == Fault::kOutOfRange || fault == Fault::kWrongUnit;
  if (fault == Fault::kOutOfRange) ++tally_->out_of_range;
  if (fault == Fault::kWrongUnit) ++tally_->unknown_unit;
  const auto measurements = static_cast<int64_t>(size);
  (envelope.has_time ? tally_->stored : tally_->missing_time) +=
      measurements - (one_refused ? 1 : 0);
  Emit(envelope, Line(envelope, entries), size);
  if (fault == Fault::kCorrected) WriteCorrection(std::move(envelope), corrected);
}

void RecordWriter::WriteTwice(const Envelope& envelope, const std::vector<Sent>& sent) {
  const auto measurements = static_cast<int64_t>(sent.size());
  const std::string entries = EntriesOf(sent);
  Emit(envelope, Line(envelope, entries), sent.size());
  Envelope again = envelope;
  again.stored_at_us += Seconds(random_.Between(0.01, 3));
  Emit(again, Line(again, entries), sent.size());
  ++Injected(Fault::kDuplicate);
  tally_->stored += measurements;
  tally_->duplicates += measurements;
}

// The tail of the line is lost, so that the object is never closed.
void RecordWriter::WriteUnparsable(const Envelope& envelope, const std::vector<Sent>& sent) {
  std::string line = Line(envelope, EntriesOf(sent));
  line.resize(static_cast<size_t>(random_.Whole(1, static_cast<int64_t>(line.size()) - 1)));
  Emit(envelope, std::move(line), 0);
  ++Injected(Fault::kUnparsable);
  ++tally_->unparsable_records;
}

// The same id with another value, known later: a further version, stored beside the first.
void RecordWriter::WriteCorrection(Envelope envelope, const Sent& corrected) {
  envelope.status = "corrected";
  envelope.stored_at_us += Seconds(random_.Between(0.5, 6));
  Emit(envelope, Line(envelope, EntriesOf({corrected})), 1);
  ++Injected(Fault::kCorrected);
  ++tally_->corrected;
  ++tally_->stored;
}

std::string RecordWriter::UnmappedEntry(Fault fault) {
  if (fault == Fault::kUnmappedCode) {
    const auto code = kLocalCodes[static_cast<size_t>(random_.Whole(0, kLocalCodes.size() - 1))];
    return format(R"({{"code":"{}","value":{},"unit":"1"}})", code, random_.Whole(0, 20));
  }
  const auto first = kFirstNames[static_cast<size_t>(random_.Whole(0, kFirstNames.size() - 1))];
  const auto last = kLastNames[static_cast<size_t>(random_.Whole(0, kLastNames.size() - 1))];
  return format(
      R"({{"code":"LOCAL-NOTE","value":"visited by {} {}, telephone 555-01{:02}","unit":"1"}})",
      first, last, random_.Whole(0, 99));
}

std::string RecordWriter::Line(const Envelope& envelope, std::string_view entries) const {
  std::string line;
  line.reserve(entries.size() + 224);
  line.append(R"({"record_id":")").append(envelope.id);
  line.append(R"(","patient_id":")").append(patient_.id);
  line.append(R"(","encounter_id":")")
      .append(envelope.encounter.empty() ? patient_.encounter : envelope.encounter);
  if (envelope.has_time)
    line.append(R"(","event_time":")").append(base::FormatTime(envelope.event_time_us));
  line.append(R"(","stored_at":")").append(base::FormatTime(envelope.stored_at_us));
  line.append(R"(","status":")").append(envelope.status);
  line.append(R"(","measurements":[)").append(entries).append("]}");
  return line;
}

void RecordWriter::Emit(const Envelope& envelope, std::string line, size_t measurements) {
  FeedCounts& counts = tally_->feeds[static_cast<size_t>(envelope.feed)];
  ++counts.records;
  counts.measurements += static_cast<int64_t>(measurements);
  tally_->last_event_us = std::max(tally_->last_event_us, envelope.event_time_us);
  sink_(envelope.feed, envelope.stored_at_us, std::move(line));
}

void RecordWriter::WritePlain(Feed feed, int64_t event_us, int64_t stored_us,
                              std::string_view entries, int64_t measurements,
                              std::string_view encounter) {
  const auto place = static_cast<size_t>(feed);
  Envelope envelope{
      feed,      format("{}-{}-{}", kIdPrefixes[place], patient_.number, ++written_[place]),
      "final",   event_us,
      stored_us, true};
  if (!encounter.empty()) envelope.encounter = encounter;
  Emit(envelope, Line(envelope, entries), static_cast<size_t>(measurements));
  tally_->stored += measurements;
}

void RecordWriter::WriteAdmission(const DayOne& day, const Therapy& therapy) {
  const int64_t admission_us = patient_.admission_us;
  // Told by the other house as the patient comes, of a hundred and of ten days before.
  if (day.history.count > 0) {
    WritePlain(Feed::kAdmissions, admission_us - 100 * base::kDayUs, admission_us, day.history.text,
               0);
  }
  if (therapy.earlier_adverse_event) {
    WritePlain(Feed::kAdmissions, admission_us - 10 * base::kDayUs, admission_us, kHappened, 0);
  }
  const std::string entries =
      format(R"({{"code":"age","value":{},"unit":"a"}},{{"code":"sex","value":{},"unit":"1"}},)"
             R"({{"code":"icu_admission","value":1,"unit":"1"}},{})",
             patient_.age, patient_.male ? 1 : 0, day.body.text);
  WritePlain(Feed::kAdmissions, admission_us, admission_us, entries, 0);
  if (therapy.step_down_hour > 0) {
    const int64_t moved_us = patient_.TimeAt(therapy.step_down_hour);
    WritePlain(Feed::kAdmissions, moved_us, moved_us,
               R"({"code":"step_down","value":1,"unit":"1"})", 0);
  }
}

void RecordWriter::WriteBedside(const BedsideRecord& record) {
  const int64_t event_us = patient_.TimeAt(record.hour);
  WritePlain(Feed::kBedside, event_us, event_us + 5 * base::kMinuteUs, record.entries.text,
             record.entries.count);
}

void RecordWriter::WriteDose(const Dose& dose) {
  Entries entries;
  entries.Add(format("ATC//{}", dose.drug->atc), dose.amount, dose.drug->decimals, dose.drug->unit);
  if (dose.first) entries.Add("medication_start", 1, 0, "1");
  if (dose.first && dose.drug->IsAntibiotic()) entries.Add("antibiotic_start", 1, 0, "1");
  const int64_t event_us = patient_.TimeAt(dose.hour);
  WritePlain(Feed::kMedications, event_us, event_us + Seconds(random_.Between(0.01, 0.2)),
             entries.text, entries.count);
}

void RecordWriter::WriteBill(const Bill& bill) {
  const int64_t begins_us = patient_.admission_us, ends_us = patient_.TimeAt(patient_.hours);
  WritePlain(Feed::kClaims, begins_us, ends_us, bill.stay.text, bill.stay.count);
  WritePlain(Feed::kClaims, ends_us, ends_us + Seconds(24 * bill.days_to_claim), bill.amount.text,
             bill.amount.count);
  if (bill.earlier.count == 0) return;
  // An encounter elsewhere, told as the patient comes.
  WritePlain(Feed::kClaims, begins_us - 100 * base::kDayUs, begins_us, bill.earlier.text,
             bill.earlier.count, patient_.id + "-0");
}

void RecordWriter::WriteHarm(const Harm& harm) {
  const int64_t event_us = patient_.TimeAt(harm.course.onset_hour);
  const std::string entries =
      format(R"({{"code":"{}","value":1,"unit":"1"}},{})", Harms()[harm.kind].name, kHappened);
  WritePlain(Feed::kEvents, event_us, event_us + Seconds(random_.Between(0.05, 0.5)), entries, 1);
}

void RecordWriter::WriteOutcomes(const DayOne& day) {
  if (patient_.sepsis) {
    // The time of onset is agreed on some hours later, when the chart is reviewed.
    const int64_t onset_us = patient_.TimeAt(patient_.sepsis->onset_hour);
    WritePlain(Feed::kEvents, onset_us, onset_us + Seconds(random_.Between(1, 6)),
               R"({"code":"sepsis_onset","value":1,"unit":"1"})", 0);
  }
  const int64_t discharge_us = patient_.TimeAt(patient_.hours);
  if (day.dies) {
    WritePlain(Feed::kEvents, discharge_us, discharge_us,
               R"({"code":"hospital_death","value":1,"unit":"1"})", 0);
  }
  WritePlain(Feed::kEvents, discharge_us, discharge_us + Seconds(random_.Between(0.02, 0.3)),
             R"({"code":"icu_discharge","value":1,"unit":"1"})", 0);
}

}  // namespace codman::simulation
