-- Facts of each stay, told when it begins. The source counts minutes from unit admission and has no dates: the first hospital
-- admission of a person stands at the anchor, and each further one, whose distance is not told, 400 days after the one before.
with admissions as (
  select
    uniquepid, patienthealthsystemstayid,
    dense_rank() over (
      partition by uniquepid
      order by min(hospitaldischargeyear), cast(patienthealthsystemstayid as bigint)
    ) as place
  from patient
  group by uniquepid, patienthealthsystemstayid
)
select
  stay.uniquepid, stay.patientunitstayid,
  strftime(
    timestamp '2000-01-01' + to_days(400 * (place - 1)::integer)
      - to_minutes(cast(stay.hospitaladmitoffset as integer)), '%Y-%m-%dT%H:%M:%SZ'
  ) as time,
  [
    {code: 'icu_admission', value: 1, unit: '1'},
    {
      code: 'age', unit: 'a',
      value: try_cast(case when stay.age = '> 89' then '90' else stay.age end as double)
    },
    {code: 'sex', unit: '1', value: case stay.gender when 'Male' then 1 when 'Female' then 0 end},
    {code: 'height', unit: 'cm', value: cast(stay.admissionheight as double)},
    {code: 'weight', unit: 'kg', value: cast(stay.admissionweight as double)}
  ] as measurements
from patient as stay
join admissions using (uniquepid, patienthealthsystemstayid)
