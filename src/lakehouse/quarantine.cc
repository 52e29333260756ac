#include "lakehouse/quarantine.h"

#include "base/text.h"
#include "columns/rows.h"

namespace codman::lakehouse {

Result<Json> ReadQuarantine(const Lake& lake, engine::SqlEngine* engine,
                            const QuarantineFilter& filter) {
  auto table = lake.Quarantine();
  auto snapshot = TRY(table.Load());
  std::string rows = table.SelectAll(snapshot);
  auto counts = TRY(engine->QueryAll(
      format("select feed, source, reason, coalesce(field, '') as field, count(*) as count from "
             "({}) group by all order by count desc, feed, source, reason, field",
             rows)));
  std::string where = "true";
  auto narrow = [&](const char* column, const std::string& wanted) {
    if (!wanted.empty())
      where += format(" and coalesce({}, '') = {}", column, base::QuoteSql(wanted));
  };
  narrow("feed", filter.feed);
  narrow("reason", filter.reason);
  narrow("field", filter.field);
  auto places = TRY(engine->QueryAll(
      format("select feed, source_position, received_time, coalesce(field, '') as field, reason, "
             "rule from ({}) where {} order by payload_ref desc, field limit {} offset {}",
             rows, where, filter.limit, filter.offset)));
  return Json::Object({{"total", snapshot.num_rows()},
                       {"counts", columns::RowsOf(counts)},
                       {"places", columns::RowsOf(places)}});
}

}  // namespace codman::lakehouse
