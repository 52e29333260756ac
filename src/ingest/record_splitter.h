// Cuts a stream of bytes into records: lines, or CSV records whose quoted fields may hold line
// ends.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::ingest {

class RecordSplitter {
 public:
  explicit RecordSplitter(bool quoted) : quoted_(quoted) {}

  using Sink = std::function<Result<>(std::string_view record)>;
  // Gives every record that is complete, without its line end ("\n" or "\r\n"). Empty lines are
  // skipped. Refuses a record of more than 16 MiB.
  Result<> Add(std::string_view bytes, const Sink& sink);
  // The last record, where the file does not end with a line end.
  Result<> Finish(const Sink& sink);

 private:
  Result<> Give(std::string_view record, const Sink& sink);

  bool quoted_;
  bool in_quotes_ = false;
  bool first_ = true;
  std::string rest_;  // begun, not yet ended
};

}  // namespace codman::ingest
