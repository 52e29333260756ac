#include <fnmatch.h>

#include <algorithm>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/sql_reader.h"
#include "ingest/query_delivery_internal.h"

namespace codman::ingest {
namespace {

constexpr int64_t kQueryMemoryBytes = 512 << 20;
constexpr int64_t kMaxQueryMs = int64_t{7} * 24 * 3600 * 1000;
constexpr int64_t kMaxQueryRows = int64_t{1} << 40;

struct FoundFiles {
  std::vector<engine::ReaderView> views;
  std::vector<std::string> paths;
  std::string told;    // "patient = patient.csv.gz, …"
  std::string sha256;  // of what the delivery is made of
};

Result<FoundFiles> Find(const QueryInput& input) {
  FoundFiles found;
  std::string identity;
  auto below = TRY(base::ListTree(input.folder));
  std::sort(below.begin(), below.end());
  for (const auto& table : input.source.files) {
    std::vector<std::string> paths;
    for (const auto& name : below) {
      if (fnmatch(table.pattern.c_str(), name.c_str(), FNM_PATHNAME) != 0) continue;
      paths.push_back(input.folder + "/" + name);
      identity += format("{} {} {}\n", table.name, name, TRY(base::Sha256HexOfFile(paths.back())));
      found.told += format("{}{} = {}", found.told.empty() ? "" : ", ", table.name, name);
    }
    if (paths.empty()) {
      return base::NotFound(format(
          "no file below {} matches '{}', which {} declares as its table '{}': download it there, "
          "or change the pattern",
          input.folder, table.pattern, input.source.file, table.name));
    }
    found.views.push_back({"main", table.name, TRY(engine::SelectFromFiles(paths))});
    found.paths.insert(found.paths.end(), paths.begin(), paths.end());
  }
  for (const auto& mapped : input.source.feeds) identity += mapped.feed + " " + mapped.query + "\n";
  found.sha256 = base::Sha256Hex(identity);
  return found;
}

std::string WithoutEnd(const std::string& query) {
  std::string_view text = base::Trim(query);
  while (text.ends_with(';')) text = base::Trim(text.substr(0, text.size() - 1));
  return std::string(text);
}

// A record must have what the mapping reads of it.
Result<> CheckMembers(const events::RecordMapping& mapping, const columns::Schema& schema) {
  const auto& values = mapping.measurements;
  for (const auto& path :
       {mapping.subject, mapping.event_time, values.empty() ? mapping.code : values,
        values.empty() ? mapping.value : values}) {
    std::string name = path.substr(0, path.find('.'));
    bool known = std::any_of(schema.begin(), schema.end(),
                             [&](const auto& field) { return field.name == name; });
    if (known) continue;
    return base::DataQuality(
        format("the query gives no column '{}', which 'record' of the source reads", name));
  }
  return {};
}

std::string Sorted(const events::FeedMapping& feed) {
  return format("select * from ({}\n) order by all", WithoutEnd(feed.query));
}

// Before the first row of any feed is taken: a query that fails must not leave half a delivery.
Result<> CheckQuery(engine::SqlEngine* engine, const events::SourceMapping& source,
                    const events::FeedMapping& feed) {
  auto schema = TRY(engine->Describe(Sorted(feed)));
  bool objects = source.format == events::Format::kNdjson;
  return objects ? CheckMembers(source.record, schema) : Result<>();
}

// The query's rows as lines of a csv or as objects, sorted.
Result<> ReadRows(engine::SqlEngine* engine, const events::SourceMapping& source,
                  const events::FeedMapping& feed, MemberWriter* writer, IngestReport* report) {
  std::string sorted = Sorted(feed);
  auto schema = TRY(engine->Describe(sorted));
  std::string header, cells;
  for (const auto& field : schema) {
    header += (header.empty() ? "" : ",") + base::CsvCell(field.name);
    cells +=
        format("{}cast({} as varchar)", cells.empty() ? "" : ", ", engine::QuoteName(field.name));
  }
  bool objects = source.format == events::Format::kNdjson;
  if (!objects) TRY(writer->Header(header, report));
  if (objects) cells = "cast(to_json(record) as varchar)";
  std::string row;
  return engine->Query(format("select {} from ({}) as record", cells, sorted),
                       [&](const columns::Table& chunk) -> Result<> {
                         for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
                           row.clear();
                           for (const auto& column : chunk.columns) {
                             if (&column != &chunk.columns.front()) row += ',';
                             if (column.valid[i] == 0) continue;
                             row += objects ? column.strings[i] : base::CsvCell(column.strings[i]);
                           }
                           TRY(writer->Row(row));
                         }
                         return {};
                       });
}

Result<std::unique_ptr<engine::SqlEngine>> OpenOver(const FoundFiles& found,
                                                    const QueryInput& input) {
  return engine::OpenReader(input.folder, found.views,
                            {.engine = {.temp_folder = input.temp_folder,
                                        .memory_limit_bytes = kQueryMemoryBytes,
                                        .num_threads = 1},
                             .max_rows = kMaxQueryRows,
                             .max_time_ms = kMaxQueryMs,
                             .repeatable = true,
                             .only_files = found.paths});
}

}  // namespace

Result<> IngestQueries(const QueryInput& input, LogAppender* log, lakehouse::BronzeProgress* known,
                       IngestReport* report) {
  const auto& source = input.source;
  auto found = TRY(Find(input));
  auto num_files = static_cast<int64_t>(found.paths.size());
  if (known->file_complete[found.sha256]) {
    report->files_unchanged += num_files;
    return {};
  }
  auto engine = TRY(OpenOver(found, input));
  auto in = [&](const events::FeedMapping& feed) {
    return format("the query of {} in {} over {}", feed.feed, source.file, found.told);
  };
  for (const auto& feed : source.feeds) TRY(CheckQuery(engine.get(), source, feed).While(in(feed)));
  int64_t rows = 0;
  for (const auto& feed : source.feeds) {
    lakehouse::Delivery head{.source = source.name,
                             .feed = feed.feed,
                             .file_sha256 = found.sha256,
                             .member = feed.feed,
                             .file_rows = rows,
                             .content_type = "application/json"};
    MemberWriter writer(source, log, std::move(head), known->file_rows[found.sha256]);
    TRY(ReadRows(engine.get(), source, feed, &writer, report).While(in(feed)));
    TRY(writer.Send());
    rows = writer.file_rows();
    report->rows += writer.rows_taken();
    ++report->members;
  }
  TRY(log->Append({.source = source.name,
                   .feed = source.feeds.back().feed,
                   .file_sha256 = found.sha256,
                   .file_rows = rows,
                   .ends_file = true}));
  report->files += num_files;
  known->file_complete[found.sha256] = true;
  return {};
}

}  // namespace codman::ingest
