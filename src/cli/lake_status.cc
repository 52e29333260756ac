#include "cli/lake_status.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

namespace codman::cli {
namespace {

Result<> AddTable(const std::string& name, const engine::DeltaTable& table, Json* tables) {
  auto snapshot = TRY(table.Load());
  if (snapshot.version < 0) return {};
  tables->Add(
      Json::Object({{"name", name}, {"rows", snapshot.num_rows()}, {"version", snapshot.version}}));
  return {};
}

Result<Json> Tables(const lakehouse::Lake& lake) {
  Json tables = Json::Array();
  for (const auto& feed : TRY(lake.Feeds()))
    TRY(AddTable("bronze." + feed, lake.Bronze(feed), &tables));
  for (const char* layer : {"silver", "gold"}) {
    std::string folder = lake.root() + "/" + layer;
    if (!base::FileExists(folder)) continue;
    for (const auto& entry : TRY(base::ListFolder(folder))) {
      if (!entry.ends_with('/')) continue;
      std::string name = entry.substr(0, entry.size() - 1);
      TRY(AddTable(format("{}.{}", layer, name), engine::DeltaTable(folder + "/" + name, {}),
                   &tables));
    }
  }
  return tables;
}

}  // namespace

Result<Json> LakeStatus(Workspace* workspace) {
  auto lake = workspace->lake();
  auto* engine = TRY(workspace->Engine());
  auto quality = lake.Quality();
  auto subjects = lake.Subjects();
  auto counts =
      TRY(engine->QueryAll(format("select coalesce(sum(measurements), 0), "
                                  "coalesce(sum(quarantined), 0), coalesce(sum(duplicates), 0), "
                                  "coalesce(sum(records), 0) from ({})",
                                  quality.SelectAll(TRY(quality.Load())))));
  auto number = [&](size_t k) {
    return counts.columns[k].field.type == columns::Type::kDouble
               ? counts.columns[k].doubles[0]
               : double(counts.columns[k].ints[0]);
  };
  double measurements = number(0), quarantined = number(1);
  int64_t patients = TRY(subjects.Load()).num_rows();
  Json data =
      Json::Object({{"measurements", measurements},
                    {"quarantined", quarantined},
                    {"duplicates", number(2)},
                    {"records", number(3)},
                    {"patients", patients},
                    {"encounters", patients},
                    {"quality_score", measurements == 0 ? 1 : 1 - quarantined / measurements}});
  return Json::Object({{"data", data}, {"tables", TRY(Tables(lake))}});
}

}  // namespace codman::cli
