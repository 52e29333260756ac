-- Facts of the person at each visit. 8507 and 8532 are the standard concepts of male and female.
select
  visit_occurrence.person_id, visit_occurrence.visit_start_date as time,
  visit_occurrence.visit_occurrence_id as visit,
  [
    {
      code: 'age', unit: 'a',
      value: cast(left(visit_occurrence.visit_start_date, 4) as integer) - cast(person.year_of_birth as integer)
    },
    {
      code: 'sex', unit: '1',
      value: case person.gender_concept_id when '8507' then 1 when '8532' then 0 end
    }
  ] as measurements
from visit_occurrence
join person using (person_id)
