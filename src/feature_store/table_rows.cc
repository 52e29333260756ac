#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "feature_store/table_rows_internal.h"

namespace codman::feature_store {
namespace {

using columns::Column;
using columns::Table;
using features::ContractFeature;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kFixedColumns = 5;

double PlaceIn(const std::vector<std::string>& texts, std::string_view text) {
  auto found = std::find(texts.begin(), texts.end(), text);
  return found == texts.end() ? kNaN : static_cast<double>(found - texts.begin());
}

class Reader {
 public:
  Reader(const features::Plan& plan, const RowRule& rule, PartWriter* writer, PredictionRows* rows)
      : plan_(plan), rule_(rule), writer_(writer), rows_(rows) {
    for (size_t i = 0; i < plan.contract().size(); ++i) {
      if (!plan.contract()[i].column.empty()) told_.push_back(i);
    }
    given_.resize(plan.contract().size(), kNaN);
  }

  Result<std::string> Sql(const engine::DeltaTable& table, const engine::DeltaSnapshot& snapshot) {
    auto has = [&](const std::string& name) {
      return std::any_of(snapshot.schema.begin(), snapshot.schema.end(),
                         [&](const auto& column) { return column.name == name; });
    };
    auto need = [&](const std::string& name, const char* why) -> Result<> {
      if (has(name)) return {};
      return base::InvalidInput(
          format("the table {} has no column '{}', which {}", rule_.table, name, why));
    };
    for (const char* name : {"source", "source_row", "event_time"})
      TRY(need(name, "a table of prediction rows needs"));
    TRY(need(rule_.label_column, "the task declares as its label"));
    bool excludes = has("excluded_because");
    const char* type = rule_.classes.empty() ? "double" : "varchar";
    std::string select =
        format("place, event_time, source_row::bigint as source_row, {}, try_cast({} as {})",
               excludes ? "coalesce(excluded_because, '')" : "''",
               engine::QuoteName(rule_.label_column), type);
    for (size_t i : told_) {
      const ContractFeature& feature = plan_.contract()[i];
      TRY(need(feature.column, "the feature set reads"));
      select += format(", try_cast({} as {})", engine::QuoteName(feature.column),
                       feature.levels.empty() ? "double" : "varchar");
    }
    return format(
        "select {} from ({}) join subject_places using (subject_id) where source = {} order by "
        "place, event_time, source_row",
        select, table.SelectAll(snapshot), base::QuoteSql(rule_.source));
  }

  Result<> Take(const Table& chunk) {
    for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
      AddRow(chunk, i);
      ReadValues(chunk, i);
      values_.resize(values_.size() + plan_.columns().size());
      plan_.ComputeFromForm(given_, std::span(values_).last(plan_.columns().size()));
      if (static_cast<int64_t>(values_.size()) >= kValuesPerPart) TRY(Write());
    }
    return {};
  }

  Result<> Finish() {
    if (!values_.empty()) TRY(Write());
    for (const auto& [column, count] : unknown_levels_) {
      rows_->notes.push_back(
          format("{}: {} values are no level that the feature set lists; they count as missing",
                 column, count));
    }
    return {};
  }

 private:
  void AddRow(const Table& chunk, size_t i) {
    const Column& told = chunk.columns[4];
    double label = kNaN;
    if (told.valid[i] != 0)
      label = rule_.classes.empty() ? told.doubles[i] : PlaceIn(rule_.classes, told.strings[i]);
    uint8_t excluded = rows_->PlaceOf(std::string(chunk.columns[3].strings[i]));
    if (excluded == kIncluded && std::isnan(label)) excluded = kNoLabel;
    rows_->subject.push_back(static_cast<int32_t>(chunk.columns[0].ints[i]));
    rows_->time_us.push_back(chunk.columns[1].ints[i]);
    rows_->source_row.push_back(static_cast<int32_t>(chunk.columns[2].ints[i]));
    rows_->label.push_back(label);
    rows_->hours.push_back(kNaN);
    rows_->excluded.push_back(excluded);
  }

  void ReadValues(const Table& chunk, size_t i) {
    for (size_t k = 0; k < told_.size(); ++k) {
      const ContractFeature& feature = plan_.contract()[told_[k]];
      const Column& column = chunk.columns[kFixedColumns + k];
      double& value = given_[told_[k]];
      value = kNaN;
      if (column.valid[i] == 0) continue;
      if (feature.levels.empty()) {
        value = column.doubles[i];
        continue;
      }
      value = PlaceIn(feature.levels, column.strings[i]);
      if (std::isnan(value)) ++unknown_levels_[feature.column];
    }
  }

  Result<> Write() {
    TRY(writer_->Write(*rows_, written_, values_));
    written_ = rows_->size();
    values_.clear();
    return {};
  }

  const features::Plan& plan_;
  const RowRule& rule_;
  PartWriter* writer_;
  PredictionRows* rows_;
  std::vector<size_t> told_;  // contract features that are columns
  std::vector<double> given_, values_;
  int64_t written_ = 0;
  std::map<std::string, int64_t> unknown_levels_;
};

}  // namespace

Result<> ComputeTableRows(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                          const features::Plan& plan, const RowRule& rule, PartWriter* writer,
                          PredictionRows* rows) {
  auto snapshot = TRY(lake.Newest(rule.table));
  if (snapshot.version < 0) {
    return base::NotFound(
        format("the table {} is not built: codman build {}", rule.table, rule.table));
  }
  Reader reader(plan, rule, writer, rows);
  engine::DeltaTable table(lake.RootOf(rule.table), {});
  TRY(engine->Query(TRY(reader.Sql(table, snapshot)),
                    [&](const Table& chunk) { return reader.Take(chunk); }));
  return reader.Finish();
}

}  // namespace codman::feature_store
