-- Facts of each stay in intensive care, told when it begins.
with stays as (
  select
    icustays.subject_id, icustays.stay_id, icustays.intime, patients.gender,
    cast(patients.anchor_age as integer) + cast(left(icustays.intime, 4) as integer)
      - cast(patients.anchor_year as integer) as age
  from icustays
  join patients using (subject_id)
)
select
  subject_id, intime as time, stay_id,
  [
    {code: 'icu_admission', value: 1, unit: '1'},
    {code: 'age', value: age, unit: 'a'},
    {code: 'sex', value: case gender when 'M' then 1 when 'F' then 0 end, unit: '1'}
  ] as measurements
from stays
