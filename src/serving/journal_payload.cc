#include <cmath>
#include <cstring>
#include <limits>

#include "base/clock.h"
#include "serving/journal_payload_internal.h"

namespace codman::serving {
namespace {

constexpr char kForm = 1;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <typename T>
void Put(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Takes values off the front; after the end everything is empty and `ok` false.
struct Cursor {
  std::string_view rest;
  bool ok = true;

  std::string_view Bytes(size_t count) {
    ok = ok && rest.size() >= count;
    if (!ok) return {};
    std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  template <typename T>
  T Take() {
    T value{};
    std::string_view bytes = Bytes(sizeof value);
    if (ok) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string Text() { return std::string(Bytes(Take<uint16_t>())); }
};

// How many places there are, how many of them hold a value, and each of those with its place. In
// one piece: appended one by one they cost more than they are encrypted for.
void PutVector(std::span<const double> vector, std::string* out) {
  constexpr size_t kPlaceBytes = sizeof(uint32_t), kEntryBytes = kPlaceBytes + sizeof(double);
  const size_t begin = out->size();
  out->resize(begin + 2 * kPlaceBytes + vector.size() * kEntryBytes);
  char* entry = out->data() + begin + 2 * kPlaceBytes;
  uint32_t given = 0;
  for (size_t i = 0; i < vector.size(); ++i) {
    if (std::isnan(vector[i])) continue;
    const auto place = static_cast<uint32_t>(i);
    std::memcpy(entry, &place, sizeof place);
    std::memcpy(entry + kPlaceBytes, &vector[i], sizeof vector[i]);
    entry += kEntryBytes;
    ++given;
  }
  const auto size = static_cast<uint32_t>(vector.size());
  std::memcpy(out->data() + begin, &size, sizeof size);
  std::memcpy(out->data() + begin + kPlaceBytes, &given, sizeof given);
  out->resize(static_cast<size_t>(entry - out->data()));
}

Error Damaged() {
  return base::DataQuality(
      "a journalled prediction does not read back: it was written by a newer version of the "
      "program; use that one");
}

PredictionRow TakeRow(Cursor* cursor) {
  PredictionRow row;
  row.alert = cursor->Take<uint8_t>() != 0;
  row.risk = cursor->Take<double>();
  for (std::string* text : {&row.id, &row.task, &row.variant, &row.version, &row.band})
    *text = cursor->Text();
  return row;
}

PredictionRow RowOfDocument(const Json& document, int64_t time_us) {
  const Json& answer = document["answer"];
  return {.id = answer["id"].AsString(),
          .time_us = base::ParseTime(answer["predicted_at"].AsString()).value_or(time_us),
          .task = answer["task"].AsString(),
          .variant = answer["variant"].AsString(),
          .version = answer["model"]["version"].AsString(),
          .band = answer["band"].AsString(),
          .alert = answer["alert"].AsBool(),
          .risk = answer["risk"].AsDouble()};
}

bool IsDocument(std::string_view payload) { return payload.starts_with('{'); }

}  // namespace

void EncodePayload(const JournalRecord& record, std::string* out) {
  Put(kForm, out);
  Put(static_cast<uint8_t>(record.alert ? 1 : 0), out);
  Put(record.risk, out);
  for (std::string_view text : {record.id, record.task, record.variant, record.version, record.band,
                                record.manifest_sha256}) {
    Put(static_cast<uint16_t>(text.size()), out);
    out->append(text);
  }
  PutVector(record.vector, out);
  Put(static_cast<uint32_t>(record.answer.size()), out);
  out->append(record.answer);
}

Result<PredictionRow> RowOf(std::string_view payload, int64_t time_us) {
  if (IsDocument(payload)) return RowOfDocument(TRY(base::ParseJson(payload)), time_us);
  Cursor cursor{payload};
  bool known = cursor.Take<char>() == kForm;
  PredictionRow row = TakeRow(&cursor);
  row.time_us = time_us;
  if (!known || !cursor.ok) return Damaged();
  return row;
}

Result<DecodedPayload> DecodePayload(std::string_view payload) {
  if (IsDocument(payload)) {
    Json document = TRY(base::ParseJson(payload));
    std::string answer = document["answer"].ToString(), id = document["answer"]["id"].AsString();
    return DecodedPayload{std::move(id), std::move(answer), std::move(document)};
  }
  Cursor cursor{payload};
  bool known = cursor.Take<char>() == kForm;
  std::string id = TakeRow(&cursor).id, manifest = cursor.Text();
  auto size = cursor.Take<uint32_t>(), given = cursor.Take<uint32_t>();
  if (!known || !cursor.ok || size > payload.size() * 1000) return Damaged();
  std::vector<double> vector(size, kNaN);
  for (uint32_t i = 0; i < given && cursor.ok; ++i) {
    auto place = cursor.Take<uint32_t>();
    auto value = cursor.Take<double>();
    if (place < size) vector[place] = value;
  }
  std::string answer(cursor.Bytes(cursor.Take<uint32_t>()));
  if (!cursor.ok) return Damaged();
  Json document = Json::Object({{"answer", TRY(base::ParseJson(answer))},
                                {"vector", Json::Array(vector)},
                                {"model_manifest", manifest}});
  return DecodedPayload{std::move(id), std::move(answer), std::move(document)};
}

}  // namespace codman::serving
