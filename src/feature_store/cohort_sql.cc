#include <set>

#include "base/text.h"
#include "feature_store/cohort_rows_internal.h"

namespace codman::feature_store {
namespace {

using events::Cohort;
using events::CohortWindow;
using events::CountRule;
using events::WindowEnd;

// The predicates without any_of that this one stands for.
void AddLeaves(const Cohort& cohort, int predicate, std::set<int>* leaves) {
  const auto& any_of = cohort.predicates[static_cast<size_t>(predicate)].any_of;
  if (any_of.empty()) leaves->insert(predicate);
  for (int other : any_of) AddLeaves(cohort, other, leaves);
}

bool UsesAnyEvent(const Cohort& cohort) {
  bool used = cohort.label.predicate == events::kAnyEvent;
  for (const auto& window : cohort.windows) {
    for (const auto& rule : window.has) used |= rule.predicate == events::kAnyEvent;
    for (const auto& end : {window.from, window.to}) {
      bool sought = end.anchor == WindowEnd::kNext || end.anchor == WindowEnd::kPrevious;
      used |= sought && end.index == events::kAnyEvent;
    }
  }
  return used;
}

// Whether the version `version` of a record counts for the row `p`.
std::string Holds(bool known_at_prediction, const char* version = "o") {
  if (!known_at_prediction) return format("{}.superseded_time is null", version);
  return format(
      "{0}.known_time <= p.prediction_time and "
      "coalesce({0}.superseded_time > p.prediction_time, true)",
      version);
}

std::string Offset(int64_t offset_us) {
  return offset_us == 0 ? "" : format(" + to_microseconds({})", offset_us);
}

// Events that satisfy each predicate, once per predicate.
std::string OccurrencesSql(const Cohort& cohort) {
  std::string meets, derived;
  for (size_t i = 0; i < cohort.predicates.size(); ++i) {
    const auto& predicate = cohort.predicates[i];
    if (predicate.any_of.empty()) {
      std::string all =
          predicate.conditions.empty() ? "coalesce(value, 1) <> 0 or of_class = 0" : "";
      for (const auto& [op, bound] : predicate.conditions) {
        if (!all.empty()) all += " and ";
        all += format("value {} ", op);
        base::AppendDouble(&all, bound);
      }
      meets += format(" when {} then {}", i, all);
      continue;
    }
    std::set<int> leaves;
    AddLeaves(cohort, static_cast<int>(i), &leaves);
    derived += format(
        "\n  union all select distinct {}, * exclude (predicate) from satisfying "
        "where predicate in ({})",
        i, fmt::join(leaves, ", "));
  }
  if (UsesAnyEvent(cohort)) {
    derived += format(
        "\n  union all select {}, {} from records where status in ('final', "
        "'corrected')",
        events::kAnyEvent,
        "subject_id, told_as, event_time, known_time, received_seq, superseded_time");
  }
  return format(R"(
satisfying as (
  select predicate, subject_id, told_as, event_time, known_time, received_seq, superseded_time
  from records join cohort_codes using (told_as)
  where status not in ('retracted', 'conflict') and case predicate{} end
),
occurrences as (
  select * from satisfying{}
),)",
                meets, derived);
}

std::string TriggersSql(const RowRule& rule) {
  const Cohort& cohort = *rule.cohort;
  if (cohort.trigger >= 0) {
    // A version that neither holds at its prediction time nor in the end was never a trigger.
    return format(R"(
triggers as (
  select p.subject_id, trigger_time, p.prediction_time, bool_or({0}) as trigger_known,
         row_number() over (partition by p.subject_id order by trigger_time) as source_row
  from (select subject_id, event_time as trigger_time, event_time{1} as prediction_time, known_time,
               superseded_time
        from occurrences where predicate = {2}) p
  group by p.subject_id, trigger_time, p.prediction_time
  having bool_or({0} or superseded_time is null)
),)",
                  Holds(true, "p"), Offset(cohort.predict_after_us), cohort.trigger);
  }
  if (rule.times == PredictionTimes::kSourceRows) {
    return R"(
triggers as (
  select subject_id, event_time as trigger_time, event_time as prediction_time,
         true as trigger_known, value::bigint as source_row
  from told where status = 'marker' and concept = 'source_row'
),)";
  }
  return format(R"(
starts as (
  select *, lead(start_time) over (partition by subject_id order by start_time) as next_time
  from (select subject_id, first(event_time order by known_time, received_seq) as start_time
        from told where status = 'static' and concept = {0} group by subject_id, encounter_ref)
),
stays as (
  select subject_id, start_time,
         coalesce(last(event_time order by known_time, received_seq)
                    filter (where status = 'label' and concept = {1} and event_time >= start_time
                            and event_time < coalesce(next_time, 'infinity')),
                  least(max(known_time) filter (where status <> 'marker'), any_value(next_time)))
           as end_time
  from starts join told using (subject_id)
  group by subject_id, start_time
),
triggers as (
  select subject_id, trigger_time, trigger_time as prediction_time, true as trigger_known,
         row_number() over (partition by subject_id order by trigger_time) as source_row
  from (select subject_id, unnest(generate_series(
                 start_time + interval 1 hour, end_time - interval 1 microsecond,
                 interval 1 hour)) as trigger_time
        from stays)
),)",
                base::QuoteSql(rule.start_concept), base::QuoteSql(rule.end_concept));
}

std::string PlaceOfEnd(const WindowEnd& end, size_t window, bool known) {
  switch (end.anchor) {
    case WindowEnd::kTrigger:
      return "p.trigger_time" + Offset(end.offset_us);
    case WindowEnd::kRecordStart:
      return "'-infinity'::timestamptz";
    case WindowEnd::kRecordEnd:
      return "'infinity'::timestamptz";
    case WindowEnd::kWindowStart:
      return format("p.from_{}{}", end.index, Offset(end.offset_us));
    case WindowEnd::kWindowEnd:
      return format("p.to_{}{}", end.index, Offset(end.offset_us));
    case WindowEnd::kNext:
    case WindowEnd::kPrevious:
      break;
  }
  bool next = end.anchor == WindowEnd::kNext;
  return format(
      "(select {}(o.event_time) from occurrences o where o.subject_id = p.subject_id and "
      "o.predicate = {} and o.event_time {} p.{}_{} and {}){}",
      next ? "min" : "max", end.index, next ? ">" : "<", next ? "from" : "to", window, Holds(known),
      Offset(end.offset_us));
}

// Adds the ends of every window, one step each, to the rows; gives the last step's name.
std::string WindowsSql(const Cohort& cohort, std::string* sql) {
  std::string last = "numbered";
  for (size_t i = 0; i < cohort.windows.size(); ++i) {
    const CohortWindow& window = cohort.windows[i];
    auto step = [&](const char* column, const WindowEnd& end) {
      std::string name = format("with_{}_{}", column, i);
      *sql += format("\n{} as (\n  select p.*, {} as {}_{}\n  from {} p\n),", name,
                     PlaceOfEnd(end, i, window.known_at_prediction), column, i, last);
      last = name;
    };
    bool backwards = window.from.anchor == WindowEnd::kPrevious;
    if (backwards) step("to", window.to);
    step("from", window.from);
    if (!backwards) step("to", window.to);
  }
  return last;
}

std::string CountSql(const CohortWindow& window, size_t i, const CountRule& rule,
                     const std::string& name) {
  return format(
      ",\n         count(*) filter (where o.predicate = {} and o.event_time {} p.from_{} and "
      "o.event_time {} p.to_{} and {}) as {}",
      rule.predicate, window.start_inclusive ? ">=" : ">", i, window.end_inclusive ? "<=" : "<", i,
      Holds(window.known_at_prediction), name);
}

// The arms of the case that tells why a row is outside.
class Reasons {
 public:
  explicit Reasons(const Cohort& cohort) : cohort_(cohort) {}

  std::string Sql() {
    Add("not trigger_known", "trigger: not known at the prediction time");
    for (size_t i = 0; i < cohort_.windows.size(); ++i) AddWindow(cohort_.windows[i], i);
    const auto& name = cohort_.windows[static_cast<size_t>(cohort_.label_window)].name;
    Add(format("from_{} < prediction_time", cohort_.label_window),
        name + ": begins before the prediction time");
    Add(format("isfinite(to_{0}) and to_{0} > (select max(known_time) from told)",
               cohort_.label_window),
        name + ": not over when the data end");
    return sql_ + " else '' end";
  }

 private:
  void Add(const std::string& condition, const std::string& reason) {
    sql_ += format("\n           when {} then {}", condition, base::QuoteSql(reason));
  }

  void AddWindow(const CohortWindow& window, size_t i) {
    if (window.from.anchor == WindowEnd::kPrevious)
      Add(format("from_{} is null", i),
          format("{}: no {} before it", window.name, cohort_.NameOf(window.from.index)));
    if (window.to.anchor == WindowEnd::kNext)
      Add(format("to_{} is null", i),
          format("{}: no {} follows", window.name, cohort_.NameOf(window.to.index)));
    Add(format("to_{0} <= from_{0}", i), window.name + ": over before it begins");
    for (size_t k = 0; k < window.has.size(); ++k) {
      const auto& rule = window.has[k];
      const std::string name = cohort_.NameOf(rule.predicate);
      if (rule.at_least)
        Add(format("count_{}_{} < {}", i, k, *rule.at_least),
            format("{}: fewer than {} {}", window.name, *rule.at_least, name));
      if (rule.at_most)
        Add(format("count_{}_{} > {}", i, k, *rule.at_most),
            format("{}: more than {} {}", window.name, *rule.at_most, name));
    }
  }

  const Cohort& cohort_;
  std::string sql_ = "case";
};

}  // namespace

std::string CohortSql(const std::string& told, const RowRule& rule) {
  const Cohort& cohort = *rule.cohort;
  std::string sql = format(R"(
with told as ({}),
records as (
  select subject_id, coalesce(concept, source_code) as told_as, event_time, known_time,
         received_seq, value, status,
         lead(known_time) over (
           partition by subject_id, coalesce(concept, source_code), source_record_id,
                        case when status = 'static' then coalesce(encounter_ref, '')
                             when source_record_id is null then event_time::varchar end
           order by known_time, received_seq
         ) as superseded_time
  from told
  where status in ('final', 'corrected', 'retracted', 'conflict', 'static', 'label'){}
),)",
                           told,
                           UsesAnyEvent(cohort) ? ""
                                                : "\n    and coalesce(concept, source_code) in "
                                                  "(select told_as from cohort_codes)");
  sql += OccurrencesSql(cohort) + TriggersSql(rule) + R"(
numbered as (
  select *, row_number() over (order by subject_id, prediction_time, source_row) - 1 as row
  from triggers
),)";
  std::string last = WindowsSql(cohort, &sql);
  sql += "\ncounted as (\n  select p.row";
  for (size_t i = 0; i < cohort.windows.size(); ++i) {
    const auto& window = cohort.windows[i];
    for (size_t k = 0; k < window.has.size(); ++k)
      sql += CountSql(window, i, window.has[k], format("count_{}_{}", i, k));
  }
  auto label_window = static_cast<size_t>(cohort.label_window);
  sql += CountSql(cohort.windows[label_window], label_window, cohort.label, "label_count");
  sql +=
      format("\n  from {} p left join occurrences o using (subject_id)\n  group by p.row\n)", last);
  std::string one = format("label_count >= {}", cohort.label.at_least.value_or(0));
  if (cohort.label.at_most) one += format(" and label_count <= {}", *cohort.label.at_most);
  return sql + format(R"(
select subject_id, prediction_time, source_row, case when {} then 1.0::double else 0.0 end as label,
       {} as excluded_because, row
from {} join counted using (row)
order by row)",
                      one, Reasons(cohort).Sql(), last);
}

std::vector<std::string> CohortNotes(const Cohort& cohort) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < cohort.windows.size(); ++i) {
    const auto& window = cohort.windows[i];
    bool judges = !window.has.empty() || window.to.anchor == WindowEnd::kNext;
    if (window.known_at_prediction || !judges) continue;
    notes.push_back(
        format("the cohort leaves out rows by the window '{}', which lies after the prediction "
               "time: nobody can tell then which",
               window.name));
  }
  return notes;
}

}  // namespace codman::feature_store
