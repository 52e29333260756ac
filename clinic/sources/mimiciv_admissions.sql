-- Facts of the person at each admission to hospital.
select
  admissions.subject_id, admissions.admittime as time, admissions.hadm_id as stay_id,
  [
    {
      code: 'age', unit: 'a',
      value: cast(patients.anchor_age as integer) + cast(left(admissions.admittime, 4) as integer)
        - cast(patients.anchor_year as integer)
    },
    {code: 'sex', value: case patients.gender when 'M' then 1 when 'F' then 0 end, unit: '1'}
  ] as measurements
from admissions
join patients using (subject_id)
