#include "lakehouse/quality_report.h"

#include <array>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/lineage.h"

namespace codman::lakehouse {
namespace {

struct FeedQuality {
  std::string source, feed;
  std::map<std::string, int64_t> counts, quarantined_by_reason;
  int64_t pairs = 0, possible_pairs = 0;

  void Add(const FeedQuality& other) {
    for (const auto& [name, count] : other.counts) counts[name] += count;
    for (const auto& [reason, count] : other.quarantined_by_reason)
      quarantined_by_reason[reason] += count;
    pairs += other.pairs;
    possible_pairs += other.possible_pairs;
  }

  Json ToJson() const {
    Json json = Json::Object();
    if (!feed.empty()) json = Json::Object({{"source", source}, {"feed", feed}});
    for (const auto& [name, count] : counts) json.Set(name, count);
    Json reasons = Json::Object();
    for (const auto& [reason, count] : quarantined_by_reason) reasons.Set(reason, count);
    json.Set("quarantined_by_reason", reasons);
    auto share = [](int64_t part, int64_t whole) {
      return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    int64_t measurements = counts.at("measurements");
    json.Set("score", share(measurements - counts.at("quarantined"), measurements));
    json.Set("completeness", share(pairs, possible_pairs));
    return json;
  }
};

using Feeds = std::map<std::string, FeedQuality>;

constexpr std::array<const char*, 7> kCounts = {"records", "unparsable_records", "measurements",
                                                "stored",  "duplicates",         "quarantined",
                                                "voided"};

Result<Feeds> ReadCounts(const Lake& lake, engine::SqlEngine* engine) {
  std::string sums;
  for (const char* name : kCounts) sums += format(", sum({0})::bigint as {0}", name);
  auto table = lake.Quality();
  auto rows = TRY(engine->QueryAll(format("select feed, max(source){} from ({}) group by feed",
                                          sums, table.SelectAll(TRY(table.Load())))));
  Feeds feeds;
  for (size_t i = 0; i < static_cast<size_t>(rows.num_rows()); ++i) {
    FeedQuality& quality = feeds[std::string(rows.columns[0].strings[i])];
    quality.feed = rows.columns[0].strings[i];
    quality.source = rows.columns[1].strings[i];
    for (size_t k = 0; k < kCounts.size(); ++k)
      quality.counts[kCounts[k]] = rows.columns[2 + k].ints[i];
    quality.counts["superseded"] = 0;
  }
  return feeds;
}

Result<> AddReasons(const Lake& lake, engine::SqlEngine* engine, Feeds* feeds) {
  auto table = lake.Quarantine();
  auto rows =
      TRY(engine->QueryAll(format("select feed, reason, count(*) from ({}) group by feed, reason",
                                  table.SelectAll(TRY(table.Load())))));
  for (size_t i = 0; i < static_cast<size_t>(rows.num_rows()); ++i) {
    auto feed = feeds->find(std::string(rows.columns[0].strings[i]));
    if (feed == feeds->end()) continue;
    feed->second.quarantined_by_reason[std::string(rows.columns[1].strings[i])] =
        rows.columns[2].ints[i];
  }
  return {};
}

// A key's versions beyond its first are each superseded by the next one. Grouping by 64 bits of
// hash takes a third of the time; two of ten million keys meet with a probability of 3e-6.
constexpr char kVersionsSql[] = R"(
with versions as (
  select max(feed) as feed, count(*) - 1 as superseded
  from ({0}) where status in ('final', 'corrected', 'retracted')
  group by hash(source, subject_id, concept, source_code, source_record_id,
                case when source_record_id is null then event_time end)
  having count(*) > 1
)
select feed, sum(superseded)::bigint from versions group by feed)";

constexpr char kPairsSql[] = R"(
with pairs as (
  select distinct feed, subject_id, concept from ({0})
  where concept is not null and value is not null and status in ('final', 'corrected')
)
select feed, count(*), count(distinct subject_id) * count(distinct concept)
from pairs group by feed)";

Result<> AddEvents(const Lake& lake, engine::SqlEngine* engine, Feeds* feeds) {
  auto table = lake.Events();
  std::string events = table.SelectAll(TRY(table.Load()));
  auto versions = TRY(engine->QueryAll(fmt::format(kVersionsSql, events)));
  for (size_t i = 0; i < static_cast<size_t>(versions.num_rows()); ++i) {
    auto feed = feeds->find(std::string(versions.columns[0].strings[i]));
    if (feed != feeds->end()) feed->second.counts["superseded"] = versions.columns[1].ints[i];
  }
  auto pairs = TRY(engine->QueryAll(fmt::format(kPairsSql, events)));
  for (size_t i = 0; i < static_cast<size_t>(pairs.num_rows()); ++i) {
    auto feed = feeds->find(std::string(pairs.columns[0].strings[i]));
    if (feed == feeds->end()) continue;
    feed->second.pairs = pairs.columns[1].ints[i];
    feed->second.possible_pairs = pairs.columns[2].ints[i];
  }
  return {};
}

}  // namespace

Result<Json> MakeQualityReport(const Lake& lake, engine::SqlEngine* engine) {
  Feeds feeds = TRY(ReadCounts(lake, engine));
  TRY(AddReasons(lake, engine, &feeds));
  TRY(AddEvents(lake, engine, &feeds));
  FeedQuality overall;
  for (const char* name : kCounts) overall.counts[name] = 0;
  overall.counts["superseded"] = 0;
  Json list = Json::Array();
  for (const auto& [name, quality] : feeds) {
    overall.Add(quality);
    list.Add(quality.ToJson());
  }
  return Json::Object({{"feeds", list}, {"overall", overall.ToJson()}});
}

Result<> KeepQualityReport(storage::Database* database, int64_t time_us, const Json& report) {
  TRY(MigrateLakehouse(database));
  TRY(database->Execute("insert into data_quality_reports (time_us, report) values (?, ?)",
                        {time_us, report.ToString()}));
  return {};
}

Result<Json> LatestQualityReports(storage::Database* database, int64_t limit) {
  TRY(MigrateLakehouse(database));
  auto rows = TRY(database->Query(
      "select time_us, report from data_quality_reports order by id desc limit ?", {limit}));
  Json list = Json::Array();
  for (size_t i = 0; i < rows.size(); ++i) {
    Json report = TRY(base::ParseJson(rows.Text(i, "report")));
    list.Add(Json::Object(
        {{"time", base::FormatTime(rows.Int(i, "time_us"))}, {"report", std::move(report)}}));
  }
  return list;
}

}  // namespace codman::lakehouse
