-- description: one row per stay in hospital, with the stay before it and whether the patient came back within 30 days
-- key: subject_id, source, encounter_ref
-- grain: one stay in hospital whose end was told
-- owner: clinical data team
-- check: range hours 0 200000
-- check: accepted_values urgent 0, 1
-- check: accepted_values emergency 0, 1
-- check: accepted_values left_alive 0, 1
-- check: accepted_values back_within_30_days 0, 1
-- check: range days_since_last 0 100000
-- check: relationship subject_id silver.subjects.subject_id
-- In left_alive 1 is alive and not to a hospice. back_within_30_days has no value where the patient could not come back, or where the source
-- does not reach 30 days beyond the discharge.
with stays as (
  select
    subject_id, source, coalesce(encounter_ref, '') as encounter_ref,
    min(case when concept = 'hospital_admission' then event_time end) as admission_time,
    max(case when concept = 'hospital_discharge' then event_time end) as discharge_time,
    max(case when concept = 'admission_type' then value end) as urgent,
    max(case when concept = 'emergency_visit' then 1 else 0 end) as emergency,
    max(case when concept = 'hospital_discharge' then value end) as left_alive,
    max(known_time) as known_time
  from ref('silver.events')
  where concept in ('hospital_admission', 'hospital_discharge', 'admission_type', 'emergency_visit')
    and status in ('final', 'corrected', 'static')
  group by subject_id, source, coalesce(encounter_ref, '')
),
beside as (
  select
    *,
    lag(discharge_time) over stay as last_discharge_time,
    lead(admission_time) over stay as next_admission_time,
    max(known_time) over (partition by source) as last_time
  from stays
  where admission_time is not null and discharge_time is not null
  window stay as (partition by subject_id, source order by admission_time, discharge_time)
)
select
  subject_id, source, encounter_ref, admission_time, discharge_time, urgent, emergency, left_alive,
  (epoch(discharge_time) - epoch(admission_time)) / 3600 as hours,
  (epoch(admission_time) - epoch(last_discharge_time)) / 86400 as days_since_last,
  case
    when left_alive = 0 then null
    when epoch(next_admission_time) - epoch(discharge_time) <= 2592000 then 1
    when epoch(last_time) - epoch(discharge_time) >= 2592000 then 0
  end as back_within_30_days,
  discharge_time as event_time, known_time
from beside
