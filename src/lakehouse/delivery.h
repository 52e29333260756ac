// What one append to the ingest log holds: consecutive rows of one file or batch with their common
// origin.
//
// A row's received_seq is (sequence number of its log record) · 65,536 + its index in the delivery:
// unique, ordered, and exact in JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::lakehouse {

constexpr int64_t kMaxRowsPerDelivery = 65536;

struct Delivery {
  std::string source, feed;
  std::string file_sha256;  // of the whole file or archive
  std::string member;       // file within the archive, or the file's own name
  int64_t first_row = 1;    // 1-based data row of `rows[0]` within the member
  int64_t file_rows = 0;    // rows of the whole file taken up to and including this delivery
  bool ends_file = false;   // the file holds no more
  std::string content_type;
  std::vector<std::string_view> rows;  // as received; views into the caller's or the log's bytes

  std::string PositionOf(int64_t index) const;  // "file:<sha256>/<member>#<row>"
};

std::string EncodeDelivery(const Delivery& delivery);
// The same of a delivery whose rows were encoded as they came, one after the other, in `rows`.
void EncodeRow(std::string_view row, std::string* rows);
std::string EncodeDelivery(const Delivery& delivery, std::string_view rows);
// `delivery->rows` are views into `bytes`.
Result<Delivery> DecodeDelivery(std::string_view bytes);

inline int64_t ReceivedSeq(uint64_t log_seq, int64_t index) {
  return static_cast<int64_t>(log_seq) * kMaxRowsPerDelivery + index;
}

}  // namespace codman::lakehouse
