#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "engine/delta_table.h"
#include "training/fit.h"
#include "training/subgroup_levels_internal.h"

namespace codman::training {
namespace {

std::string AgeBand(double age) {
  if (std::isnan(age)) return "";
  if (age < 45) return "under 45";
  if (age < 65) return "45 to 64";
  if (age < 80) return "65 to 79";
  return "80 and above";
}

std::string SexName(double sex) { return std::isnan(sex) ? "" : sex > 0.5 ? "male" : "female"; }

using Levels = std::vector<std::string>;

// What a query of subject, row of the source and level tells of each row.
Result<Levels> LevelsBy(const TrainingPlace& place, const std::string& sql, bool by_row,
                        const feature_store::PredictionRows& rows) {
  std::map<std::pair<int64_t, int64_t>, std::string> told;
  TRY(place.engine->Query(sql, [&](const columns::Table& chunk) -> Result<> {
    for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i)
      told[{chunk.columns[0].ints[i], chunk.columns[1].ints[i]}] = chunk.columns[2].strings[i];
    return {};
  }));
  Levels levels;
  for (size_t i = 0; i < rows.subject.size(); ++i) {
    int64_t subject = rows.subjects.ids[static_cast<size_t>(rows.subject[i])];
    auto found = told.find({subject, by_row ? rows.source_row[i] : 0});
    levels.push_back(found == told.end() ? "" : found->second);
  }
  return levels;
}

}  // namespace

Result<SubgroupLevels> DeclaredSubgroups(const TrainingPlace& place,
                                         const registry::TaskSource& from,
                                         const feature_store::PredictionRows& rows) {
  SubgroupLevels subgroups;
  for (const auto& column : from.subgroups) {
    bool by_row = column.table.empty();
    const std::string& name = by_row ? from.table : column.table;
    auto snapshot = TRY(place.lake.Newest(name));
    if (snapshot.version < 0)
      return base::NotFound(format("the table {} is not built: codman build {}", name, name));
    engine::DeltaTable table(place.lake.RootOf(name), {});
    std::string leveled = format(
        "select subject_id, {} as source_row, ({})::varchar as level from ({}) where source = {}",
        by_row ? "source_row::bigint" : "0::bigint", column.level, table.SelectAll(snapshot),
        base::QuoteSql(from.source));
    std::string sql = format(
        "select subject_id, source_row, max(level) from ({}) group by subject_id, source_row "
        "having count(distinct level) = 1",
        leveled);
    subgroups[column.name] =
        TRY(LevelsBy(place, sql, by_row, rows)
                .While(format("reading the subgroup '{}' from {}", column.name, name)));
  }
  return subgroups;
}

Result<SubgroupLevels> SubgroupsOfInputs(const feature_store::OfflineMatrix& offline,
                                         const std::vector<uint8_t>& judged) {
  SubgroupLevels subgroups;
  for (const char* name : {"age", "sex"}) {
    if (std::find(offline.columns.begin(), offline.columns.end(), name) == offline.columns.end())
      continue;
    auto matrix = offline.Select({name});
    auto values = TRY(LoadRows(matrix.get(), judged));
    auto& levels = subgroups[name];
    for (int64_t i = 0; i < values.num_rows(); ++i) {
      double value = values.Row(i)[0];
      levels.push_back(std::string(name) == "age" ? AgeBand(value) : SexName(value));
    }
  }
  return subgroups;
}

}  // namespace codman::training
