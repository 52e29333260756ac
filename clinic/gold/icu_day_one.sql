-- description: the end of the first full day of each adult's stay in intensive care, and whether the patient died in hospital after it
-- key: subject_id, event_time
-- grain: one stay of an adult that outlasted its first day
-- owner: clinical data team
-- check: accepted_values died_in_hospital 0, 1
with told as (
  select
    subject_id, source, encounter_ref,
    min(case when concept = 'icu_admission' then event_time end) as admission_time,
    max(case when concept = 'icu_discharge' then event_time end) as discharge_time,
    max(case when concept = 'hospital_death' then event_time end) as death_time,
    max(case when concept = 'age' then value end) as age,
    max(known_time) as known_time
  from ref('silver.events')
  where concept in ('icu_admission', 'icu_discharge', 'hospital_death', 'age')
    and status in ('static', 'label', 'final', 'corrected')
  group by subject_id, source, encounter_ref
)
select
  subject_id, source, encounter_ref, admission_time,
  admission_time + interval 24 hour as event_time,
  case when death_time is not null then 1 else 0 end as died_in_hospital,
  known_time
from told
where discharge_time > admission_time + interval 24 hour
  and (death_time is null or death_time > admission_time + interval 24 hour)
  and coalesce(age, 18) >= 18
