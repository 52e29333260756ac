#include <algorithm>

#include "base/text.h"
#include "feature_store/cohort_rows_internal.h"

namespace codman::feature_store {
namespace {

using columns::Table;
using columns::Type;

// Which predicates the events told under a code or concept may satisfy. `of_class`: as one of a
// class of codes, where the value 0 says that it is absent.
class CodeTable {
 public:
  CodeTable(const events::Concepts& concepts, const events::Cohort& cohort)
      : concepts_(concepts), cohort_(cohort) {}

  void AddNamed() {
    for (size_t i = 0; i < cohort_.predicates.size(); ++i) {
      const auto& predicate = cohort_.predicates[i];
      const std::string& name = predicate.code.empty() ? predicate.concept_name : predicate.code;
      if (!name.empty()) Add(name, i, false);
    }
    for (const auto& concept_of : concepts_.all()) {
      if (!concept_of.codes.empty()) AddClassesOf(concept_of.name, concept_of.codes.front());
    }
  }

  void AddClassesOf(const std::string& told_as, const std::string& code) {
    for (int index : concepts_.ClassesOf(code)) {
      for (size_t i = 0; i < cohort_.predicates.size(); ++i) {
        if (cohort_.predicates[i].concept_name == concepts_[index].name) Add(told_as, i, true);
      }
    }
  }

  const Table& table() const { return table_; }

 private:
  void Add(const std::string& told_as, size_t predicate, bool of_class) {
    table_.columns[0].AppendString(told_as);
    table_.columns[1].AppendInt(static_cast<int64_t>(predicate));
    table_.columns[2].AppendInt(of_class ? 1 : 0);
  }

  const events::Concepts& concepts_;
  const events::Cohort& cohort_;
  Table table_{
      {{"told_as", Type::kString}, {"predicate", Type::kInt64}, {"of_class", Type::kInt64}}};
};

bool NamesAClass(const events::Concepts& concepts, const events::Cohort& cohort) {
  return std::any_of(cohort.predicates.begin(), cohort.predicates.end(), [&](const auto& p) {
    int index = p.concept_name.empty() ? -1 : concepts.Find(p.concept_name);
    return index >= 0 && !concepts[index].members.empty();
  });
}

Result<> StageCodes(engine::SqlEngine* engine, const std::string& told,
                    const events::Concepts& concepts, const events::Cohort& cohort) {
  CodeTable codes(concepts, cohort);
  codes.AddNamed();
  if (NamesAClass(concepts, cohort)) {
    auto found = TRY(engine->QueryAll("select distinct source_code from (" + told +
                                      ") where source_code is not null and concept is null"));
    for (size_t i = 0; i < static_cast<size_t>(found.num_rows()); ++i) {
      std::string code(found.columns[0].strings[i]);
      codes.AddClassesOf(code, code);
    }
  }
  TRY(engine->CreateTable("cohort_codes", codes.table().schema()));
  return engine->Append("cohort_codes", codes.table());
}

}  // namespace

Result<CohortRows> StageCohort(engine::SqlEngine* engine, const std::string& told,
                               const events::Concepts& concepts, const RowRule& rule) {
  RowRule resolved = rule;
  base::Problems problems(rule.cohort->file);
  events::ResolveConcepts(concepts, &*resolved.cohort, &problems);
  TRY(problems.ToResult());
  TRY(StageCodes(engine, told, concepts, *resolved.cohort));
  TRY(engine->Execute("create or replace temp table cohort_rows as " + CohortSql(told, resolved)));
  CohortRows rows;
  TRY(engine->Query("select label, source_row, excluded_because from cohort_rows order by row",
                    [&](const Table& chunk) -> Result<> {
                      for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
                        rows.label.push_back(chunk.columns[0].doubles[i]);
                        rows.source_row.push_back(static_cast<int32_t>(chunk.columns[1].ints[i]));
                        rows.excluded_because.emplace_back(chunk.columns[2].strings[i]);
                      }
                      return {};
                    }));
  return rows;
}

}  // namespace codman::feature_store
