-- Facts of the person at each encounter.
with persons as (
  select
    json->>'$.id' as person, cast(json->>'$.birthDate' as date) as born,
    case json->>'$.gender' when 'male' then 1 when 'female' then 0 end as sex
  from patients
),
visits as (
  select
    split_part(json->>'$.subject.reference', '/', -1) as person, json->>'$.id' as visit,
    json->>'$.period.start' as time
  from encounters
)
select
  person, time, time as known_at, visit,
  [
    {code: 'age', value: date_sub('year', born, cast(left(time, 10) as date)), unit: 'a'},
    {code: 'sex', value: sex, unit: '1'}
  ] as measurements
from visits
join persons using (person)
