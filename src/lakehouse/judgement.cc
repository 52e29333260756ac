#include "base/text.h"
#include "lakehouse/judgement_internal.h"

namespace codman::lakehouse {
namespace {

// The key of a measurement (data-model.md 3). A static fact's key leaves its time out: a later one
// is a further version.
constexpr char kKey[] =
    "subject_id, concept, source_code, source_record_id, "
    "case when source_record_id is null and status <> 'static' then event_time end, "
    "case when status = 'static' then coalesce(encounter_ref, '') end";

// Of two versions side by side.
constexpr char kSame[] =
    "value is not distinct from previous_value and text is not distinct from previous_text "
    "and (status = 'retracted') = (previous_status = 'retracted')";

// Few keys have more than one row. They are found by their hash first, so that only their rows are
// sorted side by side, oldest knowledge first; the verdict compares each with the one before it.
// Keys that share a hash by chance are told apart by the partition.
constexpr char kRepeatedSql[] = R"(
create or replace temp table repeated as
with keys as (
  select hash({key}) as key_hash from incoming
  union all
  select hash({key}) as key_hash from ({existing})
  where source = {source} and subject_id in (select subject_id from incoming_subjects)
)
select key_hash from keys group by key_hash having count(*) > 1;
)";

constexpr char kVerdictsSql[] = R"(
create or replace temp table verdicts as
with together as (
  select subject_id, event_time, known_time, received_seq, concept, source_code, value, text,
         status, encounter_ref, source_record_id, rowid as place
  from incoming where hash({key}) in (select key_hash from repeated)
  union all
  select subject_id, event_time, known_time, received_seq, concept, source_code, value, text,
         status, encounter_ref, source_record_id, null as place
  from ({existing})
  where source = {source} and hash({key}) in (select key_hash from repeated)
), beside as (
  select *, lag(status) over key as previous_status, lag(value) over key as previous_value,
         lag(text) over key as previous_text, lag(known_time) over key as previous_known
  from together
  window key as (partition by {key} order by known_time, received_seq)
)
select place, case when {same} then 'duplicate' else 'conflict' end as verdict
from beside
where place is not null and previous_status is not null
  and (({same}) or known_time = previous_known);
create or replace temp view judged as
select incoming.*, coalesce(verdict, 'stored') as verdict
from incoming left join verdicts on incoming.rowid = verdicts.place)";

}  // namespace

const char* KeySql() { return kKey; }

std::string JudgeSql(const std::string& source, const std::string& existing) {
  return fmt::format(fmt::runtime(std::string(kRepeatedSql) + kVerdictsSql), fmt::arg("key", kKey),
                     fmt::arg("same", kSame), fmt::arg("existing", existing),
                     fmt::arg("source", base::QuoteSql(source)));
}

}  // namespace codman::lakehouse
