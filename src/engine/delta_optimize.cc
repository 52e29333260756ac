#include "engine/delta_optimize.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace codman::engine {
namespace {

// Sorting columns and rows of one rewrite.
struct Rewrite {
  const DeltaTable& table;  // with the schema as written
  const DeltaSnapshot& snapshot;
  std::string order_by;
};

using Bin = std::vector<DataFile>;

// The small files of each partition, packed in order of addition into bins of at most the target.
// A bin of one file would be rewritten for nothing.
std::vector<Bin> PackSmallFiles(const DeltaSnapshot& snapshot, int64_t target_bytes) {
  std::map<PartitionValues, std::vector<Bin>> by_partition;
  for (const auto& file : snapshot.files) {
    if (file.size_bytes >= target_bytes / 4 * 3) continue;
    PartitionValues partition = file.partition;
    std::sort(partition.begin(), partition.end());
    auto& bins = by_partition[partition];
    int64_t filled = 0;
    if (!bins.empty()) {
      for (const auto& packed : bins.back()) filled += packed.size_bytes;
    }
    if (bins.empty() || filled + file.size_bytes > target_bytes) bins.emplace_back();
    bins.back().push_back(file);
  }
  std::vector<Bin> chosen;
  for (auto& [partition, bins] : by_partition) {
    for (auto& bin : bins) {
      if (bin.size() > 1) chosen.push_back(std::move(bin));
    }
  }
  return chosen;
}

std::string RowsOf(const Rewrite& rewrite, const std::vector<DataFile>& files) {
  DeltaSnapshot part = rewrite.snapshot;
  part.files = files;
  return rewrite.table.SelectAll(part);
}

std::string FieldList(const DeltaSnapshot& snapshot, bool with_partitions) {
  std::string fields;
  for (const auto& field : snapshot.schema) {
    const auto& parted = snapshot.partition_columns;
    bool stored = std::find(parted.begin(), parted.end(), field.name) == parted.end();
    if (stored || with_partitions) fields += (fields.empty() ? "" : ", ") + QuoteName(field.name);
  }
  return fields;
}

// Row count and order-free sum of row hashes, as one text.
Result<std::string> Fingerprint(SqlEngine* engine, const Rewrite& rewrite,
                                const std::vector<DataFile>& files) {
  auto row = TRY(engine->QueryAll(
      format("select concat(count(*), ' ', coalesce(sum(hash({})::hugeint), 0)) from ({})",
             FieldList(rewrite.snapshot, true), RowsOf(rewrite, files))));
  return std::string(row.columns[0].strings[0]);
}

void Discard(const DeltaTable& table, const std::vector<DataFile>& files) {
  for (const auto& file : files) unlink((table.root() + "/" + file.path).c_str());
}

Result<> RewriteBin(SqlEngine* engine, const Rewrite& rewrite, const Bin& bin,
                    DeltaChange* change) {
  std::string select = format("select {} from ({}){}", FieldList(rewrite.snapshot, false),
                              RowsOf(rewrite, bin), rewrite.order_by);
  auto written = TRY(rewrite.table.WriteFile(engine, select, bin.front().partition));
  change->adds.insert(change->adds.end(), written.begin(), written.end());
  for (const auto& file : bin) change->removes.push_back(file.path);
  if (TRY(Fingerprint(engine, rewrite, bin)) != TRY(Fingerprint(engine, rewrite, written))) {
    return base::Internal(format("rewriting files of {} would change rows; nothing was changed",
                                 rewrite.table.root()));
  }
  return {};
}

Result<std::string> OrderBy(const DeltaSnapshot& snapshot,
                            const std::vector<std::string>& sort_columns) {
  std::string order;
  for (const auto& column : sort_columns) {
    if (columns::FindField(snapshot.schema, column) < 0)
      return base::InvalidInput(format("the table has no column '{}' to sort by", column));
    order += (order.empty() ? " order by " : ", ") + QuoteName(column);
  }
  return order;
}

}  // namespace

Result<> OptimizeOptions::Validate() const {
  if (target_bytes < 1) return base::InvalidInput("the target size must be at least 1 byte");
  return {};
}

Result<OptimizeReport> Optimize(SqlEngine* engine, const DeltaTable& table,
                                const OptimizeOptions& options) {
  TRY(options.Validate());
  DeltaSnapshot snapshot = TRY(table.Load());
  if (snapshot.version < 0) return base::NotFound(format("there is no table at {}", table.root()));
  DeltaTable as_written(table.root(), snapshot.schema, snapshot.partition_columns);
  Rewrite rewrite{as_written, snapshot, TRY(OrderBy(snapshot, options.sort_columns))};
  OptimizeReport report{.version = snapshot.version};
  DeltaChange change{
      .operation = "OPTIMIZE", .scope = ReadScope::kRemovedOnly, .data_change = false};
  for (const auto& bin : PackSmallFiles(snapshot, options.target_bytes)) {
    auto done = RewriteBin(engine, rewrite, bin, &change);
    if (!done.ok()) {
      Discard(table, change.adds);
      return std::move(done).error().While(format("optimizing {}", table.root()));
    }
    report.files_before += static_cast<int64_t>(bin.size());
    for (const auto& file : bin) report.bytes_before += file.size_bytes;
  }
  if (change.removes.empty()) return report;
  for (const auto& file : change.adds) report.bytes_after += file.size_bytes;
  report.files_after = static_cast<int64_t>(change.adds.size());
  auto version = as_written.Commit(snapshot, change);
  if (!version.ok()) {
    Discard(table, change.adds);
    return std::move(version).error().While(format("optimizing {}", table.root()));
  }
  report.version = *version;
  return report;
}

}  // namespace codman::engine
