-- Facts of each stay in intensive care, told when it begins; what MEDS tells without a time was so from birth.
with
persons as (
  select
    subject_id, min(time) filter (where code = 'MEDS_BIRTH') as birth,
    max(case when code = 'GENDER//M' then 1 when code = 'GENDER//F' then 0 end) as sex
  from events
  group by subject_id
),
stays as (
  select distinct subject_id, time from events where starts_with(code, 'ICU_ADMISSION')
)
select
  stays.subject_id, strftime(stays.time, '%Y-%m-%dT%H:%M:%SZ') as time,
  strftime(stays.time, '%Y-%m-%dT%H:%M') as stay,
  [
    {code: 'icu_admission', value: 1, unit: '1'},
    {code: 'age', value: date_diff('year', persons.birth, stays.time), unit: 'a'},
    {code: 'sex', value: persons.sex, unit: '1'}
  ] as measurements
from stays
join persons using (subject_id)
