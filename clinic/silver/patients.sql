-- description: what was known of each patient, one row per version; facts that contradict each other at one instant are void
-- key: subject_id, known_time
-- grain: one version of one patient
-- owner: clinical data team
-- check: accepted_values sex 0, 1
-- check: range age 0 130
with told as (
  select
    subject_id, source, concept, value, event_time, known_time,
    row_number() over (
      partition by subject_id, concept, known_time order by received_seq desc
    ) as newest
  from ref('silver.events')
  where concept in ('age', 'sex') and status in ('static', 'conflict')
),
versions as (
  select
    subject_id, source, known_time,
    max(event_time) as event_time,
    max(case when concept = 'age' then value end) as told_age,
    max(case when concept = 'sex' then value end) as told_sex
  from told
  where newest = 1
  group by subject_id, source, known_time
),
carried as (
  select
    subject_id, source, event_time, known_time,
    last_value(told_age ignore nulls) over version_order as age,
    last_value(told_sex ignore nulls) over version_order as sex,
    row_number() over version_order as version
  from versions
  window version_order as (
    partition by subject_id order by known_time
    rows between unbounded preceding and current row
  )
)
select
  carried.subject_id, subjects.identifier, carried.source, carried.version,
  carried.event_time, carried.known_time, carried.age, carried.sex
from carried
left join ref('silver.subjects') as subjects
  on subjects.subject_id = carried.subject_id and subjects.source = carried.source
