-- One record per event. A code that says all by itself counts as 1; a laboratory result without its number says nothing.
with
moves as (
  select
    subject_id, time as began, code,
    lead(time) over (partition by subject_id order by time, code desc) as ended
  from events
  where starts_with(code, 'ICU_ADMISSION') or starts_with(code, 'ICU_DISCHARGE')
),
stays as (
  select subject_id, began, ended from moves where starts_with(code, 'ICU_ADMISSION')
),
told as (
  select
    subject_id, time, code as meds_code,
    case
      when starts_with(code, 'ICU_DISCHARGE') then 'icu_discharge'
      when code = 'MEDS_DEATH' then 'death'
      else code
    end as code,
    coalesce(cast(value as double), 1) as value
  from events
  where time is not null and (value is not null or not starts_with(code, 'LAB//'))
)
select
  told.subject_id, strftime(told.time, '%Y-%m-%dT%H:%M:%SZ') as time,
  strftime(stays.began, '%Y-%m-%dT%H:%M') as stay,
  concat_ws('/', told.time, told.meds_code, told.value) as record_id,
  [{
    code: told.code, value: told.value,
    unit: case when told.code in ('icu_discharge', 'death') then '1' end
  }] as measurements
from told
left join stays
  on stays.subject_id = told.subject_id and told.time >= stays.began
  and (stays.ended is null or told.time <= stays.ended)
