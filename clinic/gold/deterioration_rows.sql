-- description: for each hour of a stay, whether the patient deteriorates within the next 24 hours: a proxy of an adverse event
-- key: subject_id, event_time
-- grain: one prediction row of the source
-- owner: clinical data team
-- check: accepted_values deterioration_24h 0, 1
-- It deteriorates at a mean pressure below 60 mm[Hg] or SpO2 below 88 % in two consecutive hours, or a lactate above 4 mmol/L. Hours at
-- which it is present have no label: nothing is left to predict. A stay that ends earlier counts as undisturbed.
with hours as (
  select
    subject_id, source, event_time,
    max(case when concept = 'map' then value end) as mean_pressure,
    max(case when concept = 'spo2' then value end) as spo2,
    max(case when concept = 'lactate' then value end) as lactate,
    max(known_time) as known_time
  from ref('silver.events')
  where source = 'physionet2019'
    and (concept in ('map', 'spo2', 'lactate') or status = 'marker')
  group by subject_id, source, event_time
),
beside as (
  select
    *,
    lag(mean_pressure) over stay as pressure_before,
    lag(spo2) over stay as spo2_before,
    lag(event_time) over stay as time_before
  from hours
  window stay as (partition by subject_id order by event_time)
),
judged as (
  select
    subject_id, source, event_time, known_time,
    case
      when lactate > 4 then 1
      when epoch(event_time) - epoch(time_before) > 3600 then 0
      when mean_pressure < 60 and pressure_before < 60 then 1
      when spo2 < 88 and spo2_before < 88 then 1
      else 0
    end as present
  from beside
)
select
  subject_id, source, event_time, known_time,
  case
    when present = 1 then null
    else coalesce(max(present) over (
      partition by subject_id order by event_time
      range between interval 1 hour following and interval 24 hours following
    ), 0)
  end as deterioration_24h
from judged
