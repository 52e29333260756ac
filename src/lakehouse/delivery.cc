#include "lakehouse/delivery.h"

#include <cstring>

#include "base/json.h"
#include "base/text.h"

namespace codman::lakehouse {

std::string Delivery::PositionOf(int64_t index) const {
  return format("file:{}/{}#{}", file_sha256, member, first_row + index);
}

void EncodeRow(std::string_view row, std::string* rows) {
  auto length = static_cast<uint32_t>(row.size());
  rows->append(reinterpret_cast<const char*>(&length), sizeof length);
  rows->append(row);
}

std::string EncodeDelivery(const Delivery& delivery) {
  std::string rows;
  for (auto row : delivery.rows) EncodeRow(row, &rows);
  return EncodeDelivery(delivery, rows);
}

// One line of JSON, then each row as its length (u32, little endian) and bytes.
std::string EncodeDelivery(const Delivery& delivery, std::string_view rows) {
  Json head = Json::Object({{"source", delivery.source},
                            {"feed", delivery.feed},
                            {"file", delivery.file_sha256},
                            {"member", delivery.member},
                            {"first_row", delivery.first_row},
                            {"file_rows", delivery.file_rows},
                            {"ends_file", delivery.ends_file},
                            {"content_type", delivery.content_type}});
  std::string bytes = head.ToString();
  bytes.reserve(bytes.size() + 1 + rows.size());
  bytes.push_back('\n');
  bytes.append(rows);
  return bytes;
}

Result<Delivery> DecodeDelivery(std::string_view bytes) {
  size_t end = bytes.find('\n');
  if (end == bytes.npos) return base::DataQuality("an ingest log record has no head");
  Json head = TRY(base::ParseJson(bytes.substr(0, end)));
  Delivery delivery{.source = head["source"].AsString(),
                    .feed = head["feed"].AsString(),
                    .file_sha256 = head["file"].AsString(),
                    .member = head["member"].AsString(),
                    .first_row = head["first_row"].AsInt(),
                    .file_rows = head["file_rows"].AsInt(),
                    .ends_file = head["ends_file"].AsBool(),
                    .content_type = head["content_type"].AsString()};
  bytes.remove_prefix(end + 1);
  while (!bytes.empty()) {
    uint32_t length = 0;
    if (bytes.size() < sizeof length)
      return base::DataQuality("an ingest log record ends within a row");
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes.remove_prefix(sizeof length);
    if (bytes.size() < length) return base::DataQuality("an ingest log record ends within a row");
    delivery.rows.push_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return delivery;
}

}  // namespace codman::lakehouse
