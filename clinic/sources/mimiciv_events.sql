-- One record per number at one time: chart items and laboratory results by their itemid, ends of stays and deaths by concept.
with
charted as (
  select
    subject_id, charttime as time, cast(null as varchar) as stored_at, stay_id,
    concat_ws('/', 'chart', charttime, itemid) as record_id,
    itemid as code, cast(valuenum as double) as value, valueuom as unit
  from chartevents
  where valuenum is not null
),
measured as (
  select
    labevents.subject_id, labevents.charttime as time, labevents.storetime as stored_at,
    max(icustays.stay_id) as stay_id, concat_ws('/', 'lab', labevents.labevent_id) as record_id,
    labevents.itemid as code, cast(labevents.valuenum as double) as value,
    labevents.valueuom as unit
  from labevents
  left join icustays
    on icustays.subject_id = labevents.subject_id
    and labevents.charttime between icustays.intime and icustays.outtime
  where labevents.valuenum is not null
  group by all
),
ended as (
  select
    subject_id, outtime as time, cast(null as varchar) as stored_at, stay_id,
    concat_ws('/', 'stay', stay_id, 'end') as record_id, 'icu_discharge' as code,
    cast(1 as double) as value, '1' as unit
  from icustays
),
died as (
  select
    admissions.subject_id, admissions.deathtime as time, cast(null as varchar) as stored_at,
    max(icustays.stay_id) as stay_id, concat_ws('/', 'admission', admissions.hadm_id) as record_id,
    'hospital_death' as code, cast(1 as double) as value, '1' as unit
  from admissions
  left join icustays using (hadm_id)
  where admissions.hospital_expire_flag = '1' and admissions.deathtime is not null
  group by all
),
everything as (
  from charted union all from measured union all from ended union all from died
)
select
  subject_id, time, stored_at, stay_id, record_id,
  [{code: code, value: value, unit: unit}] as measurements
from everything
