#include "lakehouse/lineage_graph.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/text.h"

namespace codman::lakehouse {
namespace {

Json NodeOf(const LineageTable& table) {
  return Json::Object({{"name", table.table}, {"version", table.version}, {"rows", table.rows}});
}

Json MadeBy(const LineageRun& run) {
  return Json::Object({{"job", run.job},
                       {"at", base::FormatTime(run.end_us)},
                       {"run_id", run.run_id},
                       {"sql_hash", run.sql_hash}});
}

const LineageTable* Among(const std::vector<LineageTable>& tables, const std::string& name) {
  auto found = std::find_if(tables.begin(), tables.end(),
                            [&](const auto& table) { return table.table == name; });
  return found == tables.end() ? nullptr : &*found;
}

// One walk over the runs, newest first.
class Tracer {
 public:
  Tracer(const std::vector<LineageRun>& runs, Direction direction)
      : runs_(runs), direction_(direction) {}

  Json Trace(const LineageTable& thing) {
    Json node = NodeOf(thing);
    if (!shown_.insert(format("{} {}", thing.table, thing.version)).second) {
      node.Set("shown", true);
      return node;
    }
    if (direction_ == Direction::kBack)
      AddSources(thing, &node);
    else
      AddProducts(thing, &node);
    return node;
  }

 private:
  // What the run that made this version, or the newest one before it, has read.
  void AddSources(const LineageTable& thing, Json* node) {
    for (const auto& run : runs_) {
      const auto* made = Among(run.outputs, thing.table);
      if (made == nullptr || (thing.version >= 0 && made->version > thing.version)) continue;
      node->Set("made_by", MadeBy(run));
      Json from = Json::Array();
      for (const auto& input : run.inputs) from.Add(Trace(input));
      node->Set("from", std::move(from));
      return;
    }
  }

  // The newest product of each job that has read it.
  void AddProducts(const LineageTable& thing, Json* node) {
    Json into = Json::Array();
    std::set<std::string> jobs;
    for (const auto& run : runs_) {
      if (Among(run.inputs, thing.table) == nullptr || !jobs.insert(run.job).second) continue;
      for (const auto& output : run.outputs) {
        Json product = Trace(output);
        product.Set("made_by", MadeBy(run));
        into.Add(std::move(product));
      }
    }
    node->Set("into", std::move(into));
  }

  const std::vector<LineageRun>& runs_;
  Direction direction_;
  std::set<std::string> shown_;
};

}  // namespace

Json TraceLineage(const std::vector<LineageRun>& runs, const std::string& name,
                  Direction direction) {
  LineageTable root{.table = name};
  for (const auto& run : runs) {
    const auto* found = Among(run.outputs, name);
    if (found == nullptr) found = Among(run.inputs, name);
    if (found == nullptr) continue;
    root = *found;
    break;
  }
  return Tracer(runs, direction).Trace(root);
}

Json LineageGraph(const std::vector<LineageRun>& runs) {
  std::map<std::string, LineageTable> nodes;
  std::set<std::string> jobs;
  Json edges = Json::Array();
  auto meet = [&](const LineageTable& table) {
    auto [place, is_new] = nodes.try_emplace(table.table, table);
    if (!is_new && table.version > place->second.version) place->second = table;
  };
  for (const auto& run : runs) {
    if (run.outputs.empty() || !jobs.insert(run.job).second) continue;
    for (const auto& input : run.inputs) meet(input);
    for (const auto& output : run.outputs) {
      meet(output);
      for (const auto& input : run.inputs) {
        edges.Add(Json::Object({{"from", input.table},
                                {"to", output.table},
                                {"job", run.job},
                                {"at", base::FormatTime(run.end_us)}}));
      }
    }
  }
  Json list = Json::Array();
  for (const auto& [name, table] : nodes) list.Add(NodeOf(table));
  return Json::Object({{"nodes", list}, {"edges", edges}});
}

Result<std::vector<LineageRun>> IngestRuns(const Lake& lake) {
  std::vector<LineageRun> runs;
  for (const auto& feed : TRY(lake.Feeds())) {
    auto snapshot = TRY(lake.Bronze(feed).Load());
    LineageRun run{.job = "ingest " + feed, .outcome = "complete"};
    run.end_us = snapshot.info["timestamp"].AsInt() * 1000;
    run.start_us = run.end_us;
    for (const auto& [application, rows] : snapshot.txns) {
      if (application.starts_with("file:"))
        run.inputs.push_back({.table = "file " + application.substr(5), .rows = rows});
    }
    run.outputs = {
        {.table = "bronze." + feed, .version = snapshot.version, .rows = snapshot.num_rows()}};
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace codman::lakehouse
