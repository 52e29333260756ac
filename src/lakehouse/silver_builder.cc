#include "lakehouse/silver_builder.h"

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/judgement_internal.h"
#include "lakehouse/silver_steps_internal.h"

namespace codman::lakehouse {

SilverCounts& SilverCounts::operator+=(const SilverCounts& other) {
  records += other.records;
  unparsable_records += other.unparsable_records;
  measurements += other.measurements;
  markers += other.markers;
  stored += other.stored;
  duplicates += other.duplicates;
  quarantined += other.quarantined;
  voided += other.voided;
  return *this;
}

SilverBuilder::SilverBuilder(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
                             const events::Concepts* concepts,
                             const std::vector<events::SourceMapping>* sources,
                             storage::Database* database)
    : steps_(std::make_unique<SilverSteps>(lake, engine, identity, concepts, sources)),
      lake_(std::move(lake)),
      engine_(engine),
      database_(database) {}

SilverBuilder::~SilverBuilder() = default;

Result<SilverCounts> SilverBuilder::Build(const std::function<void(double)>& progress) {
  SilverCounts total;
  int64_t began_us = base::NowUs();
  std::map<std::string, int64_t> feeds;  // and the version that silver reaches
  struct Step {
    std::string feed;
    int64_t version;
  };
  std::vector<Step> steps;
  std::map<std::string, engine::DeltaSnapshot> bronze;
  auto done = TRY(lake_.Quality().Load());
  for (const auto& feed : TRY(lake_.Feeds())) {
    auto newest = TRY(lake_.Bronze(feed).Load());
    auto reached = done.txns.find("bronze:" + feed);
    int64_t next = reached == done.txns.end() ? 0 : reached->second + 1;
    for (; next <= newest.version; ++next) steps.push_back({feed, next});
    newest.files.clear();
    bronze[feed] = std::move(newest);
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto& [feed, version] = steps[i];
    feeds[feed] = version;
    total += TRY(BuildVersion(feed, version, bronze[feed])
                     .While(format("building silver from {} version {}", feed, version)));
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(steps.size()));
  }
  if (database_ != nullptr && !feeds.empty())
    TRY(RecordSilverRun(lake_, database_, "build silver", feeds, began_us));
  return total;
}

Result<SilverCounts> SilverBuilder::BuildVersion(const std::string& feed, int64_t version,
                                                 engine::DeltaSnapshot added) {
  auto bronze = lake_.Bronze(feed);
  // Files that only put rows together anew (optimize) bring nothing.
  added.files = TRY(bronze.ReadCommit(version)).adds;
  std::erase_if(added.files, [](const auto& file) { return !file.data_change; });
  std::string rows = bronze.SelectAll(added);
  std::string txn = "bronze:" + feed;
  const auto* source = TRY(steps_->SourceOf(rows));
  if (source == nullptr) {  // a commit without rows
    auto quality = TRY(lake_.Quality().Load());
    TRY(lake_.Quality().Commit(quality, {.txns = {{txn, version}}}));
    return SilverCounts{};
  }
  SilverCounts counts = TRY(steps_->Normalise(*source, rows));
  TRY(steps_->WriteSubjects(*source, txn, version));
  TRY(Judge(*source, txn, version));
  TRY(WriteQuarantine(*source, feed, rows, txn, version));
  TRY(WriteEvents(*source, feed, txn, version));
  TRY(WriteQuality(*source, feed, txn, version, &counts));
  TRY(steps_->DropScratch());
  return counts;
}

// Where a killed run already wrote these events, they are judged against what was there before.
Result<> SilverBuilder::Judge(const events::SourceMapping& source, const std::string& txn,
                              int64_t version) {
  auto table = lake_.Events();
  auto before = TRY(LoadBefore(table, txn, version));
  return engine_->Execute(JudgeSql(source.name, table.SelectAll(before)));
}

Result<> SilverBuilder::WriteEvents(const events::SourceMapping& source, const std::string& feed,
                                    const std::string& txn, int64_t version) {
  auto table = lake_.Events();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  engine::DeltaChange change{.txns = {{txn, version}}};
  change.adds =
      TRY(table.WriteFile(engine_, StoredSql(source, feed, "judged"), {{"month", CurrentMonth()}}));
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuarantine(const events::SourceMapping& source,
                                        const std::string& feed, const std::string& bronze,
                                        const std::string& txn, int64_t version) {
  auto table = lake_.Quarantine();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format(
      "select *, {} as source from refused union all by name ({}) order by payload_ref, field",
      base::QuoteSql(source.name), ConflictsSql(source, feed, "judged", bronze));
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuality(const events::SourceMapping& source, const std::string& feed,
                                     const std::string& txn, int64_t version,
                                     SilverCounts* counts) {
  auto verdicts = TRY(engine_->QueryAll(
      "select verdict, count(*) from judged where status in ('final', 'corrected', 'retracted') "
      "group by verdict"));
  for (size_t i = 0; i < static_cast<size_t>(verdicts.num_rows()); ++i) {
    auto verdict = verdicts.columns[0].strings[i];
    int64_t rows = verdicts.columns[1].ints[i];
    if (verdict == "stored") counts->stored = rows;
    if (verdict == "duplicate") counts->duplicates = rows;
    if (verdict == "conflict") counts->voided = rows;
  }
  counts->quarantined = counts->measurements - counts->stored - counts->duplicates;
  auto table = lake_.Quality();
  auto snapshot = TRY(table.Load());
  double score = counts->measurements == 0 ? 1
                                           : 1 - static_cast<double>(counts->quarantined) /
                                                     static_cast<double>(counts->measurements);
  std::string select = QualitySql(source, feed, version, *counts, score);
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

}  // namespace codman::lakehouse
