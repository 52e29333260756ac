// What the two normalisers share: the rows they write. Private to events.
#pragma once

#include "events/normalizer.h"

namespace codman::events {

// Positions in NormalizedEventSchema().
enum EventColumn {
  kIdentifier,
  kEventTime,
  kKnownTime,
  kReceivedSeq,
  kConcept,
  kSourceCode,
  kValue,
  kText,
  kUnit,
  kStatus,
  kQuality,
  kEncounterRef,
  kSourceRecordId,
  kFeed,
};

struct EventRow {
  std::string_view identifier;
  int64_t event_time_us = 0, known_time_us = 0, received_seq = 0;
  std::string_view concept_name;  // "" = unmapped
  std::string_view source_code;
  double value = 0;
  std::string_view text;  // of non-numeric values
  std::string_view unit;  // only where it is not the canonical one
  std::string_view status;
  std::string_view encounter_ref, source_record_id, feed;
};

void AppendEvent(const EventRow& row, columns::Table* events);
void Quarantine(const RawRecord& record, std::string_view field, Reason reason,
                std::string_view rule, Normalized* out);

std::unique_ptr<Normalizer> CreateTabularNormalizer(const SourceMapping& source,
                                                    const Concepts& concepts, int64_t now_us);
std::unique_ptr<Normalizer> CreateRecordNormalizer(const SourceMapping& source,
                                                   const Concepts& concepts, int64_t now_us);

constexpr int64_t kFutureToleranceUs = 5LL * 60 * 1'000'000;

}  // namespace codman::events
