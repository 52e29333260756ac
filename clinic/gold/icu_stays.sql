-- description: one row per stay in intensive care, as it is known now; known_time is when the last fact of it was told
-- key: subject_id, encounter_ref
-- grain: one stay
-- owner: clinical data team
-- check: not_null last_event_time
-- check: range hours 0 8784
-- check: relationship subject_id silver.encounters.subject_id
-- warn: not_null admission_time
with newest_version as (
  select
    subject_id, encounter_ref, source, icu_admission_time, icu_discharge_time, known_time,
    row_number() over (
      partition by subject_id, encounter_ref order by known_time desc
    ) as newest
  from ref('silver.encounters')
),
charted as (
  select
    subject_id, coalesce(encounter_ref, '') as encounter_ref,
    max(case when status in ('final', 'corrected', 'marker', 'label') then event_time end)
      as last_event_time,
    max(known_time) as known_time,
    count(case when status in ('final', 'corrected') then 1 end) as measurements,
    min(case when concept = 'sepsis_onset' and status = 'label' then event_time end)
      as sepsis_onset_time,
    min(case when concept = 'sepsis_label' and status = 'label' and value = 1 then event_time end)
      as first_sepsis_label_time
  from ref('silver.events')
  group by subject_id, coalesce(encounter_ref, '')
)
select
  stay.subject_id, stay.encounter_ref, stay.source,
  stay.icu_admission_time as admission_time,
  stay.icu_discharge_time as discharge_time,
  coalesce(charted.last_event_time, stay.icu_admission_time) as last_event_time,
  (epoch(coalesce(charted.last_event_time, stay.icu_admission_time))
    - epoch(stay.icu_admission_time)) / 3600 as hours,
  coalesce(charted.measurements, 0) as measurements,
  charted.sepsis_onset_time, charted.first_sepsis_label_time,
  stay.icu_admission_time as event_time,
  case when charted.known_time > stay.known_time then charted.known_time else stay.known_time end
    as known_time
from newest_version as stay
left join charted
  on charted.subject_id = stay.subject_id and charted.encounter_ref = stay.encounter_ref
where stay.newest = 1
