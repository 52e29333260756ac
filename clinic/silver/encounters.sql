-- description: what was known of each stay, one row per version; encounter_ref is empty where the source names no stay
-- key: subject_id, encounter_ref, known_time
-- grain: one version of one stay
-- owner: clinical data team
-- check: relationship subject_id silver.subjects.subject_id
-- check: accepted_values unit1 0, 1
-- check: accepted_values unit2 0, 1
with told as (
  select
    subject_id, coalesce(encounter_ref, '') as encounter_ref, source, event_time, known_time,
    coalesce(concept, source_code) as fact,
    case when status = 'conflict' then null else value end as value,
    case when status = 'conflict' then null else event_time end as fact_time,
    row_number() over (
      partition by subject_id, encounter_ref, coalesce(concept, source_code), known_time
      order by received_seq desc
    ) as newest
  from ref('silver.events')
  where status in ('static', 'label', 'conflict')
    and (
      concept in ('icu_admission', 'icu_discharge')
      or source_code in (
        'physionet2019//Unit1', 'physionet2019//Unit2', 'physionet2019//HospAdmTime'
      )
    )
),
versions as (
  select
    subject_id, encounter_ref, source, known_time,
    max(event_time) as event_time,
    max(case when fact = 'icu_admission' then fact_time end) as told_admission,
    max(case when fact = 'icu_discharge' then fact_time end) as told_discharge,
    max(case when fact = 'physionet2019//Unit1' then value end) as told_unit1,
    max(case when fact = 'physionet2019//Unit2' then value end) as told_unit2,
    max(case when fact = 'physionet2019//HospAdmTime' then value end) as told_hours_to_icu
  from told
  where newest = 1
  group by subject_id, encounter_ref, source, known_time
)
select
  subject_id, encounter_ref, source,
  row_number() over version_order as version,
  event_time, known_time,
  last_value(told_admission ignore nulls) over version_order as icu_admission_time,
  last_value(told_discharge ignore nulls) over version_order as icu_discharge_time,
  last_value(told_unit1 ignore nulls) over version_order as unit1,
  last_value(told_unit2 ignore nulls) over version_order as unit2,
  last_value(told_hours_to_icu ignore nulls) over version_order as hospital_admission_offset_hours
from versions
window version_order as (
  partition by subject_id, encounter_ref order by known_time
  rows between unbounded preceding and current row
)
