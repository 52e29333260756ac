-- description: one row per insured person with the year's cost of treatment
-- key: subject_id
-- grain: one person
-- owner: clinical data team
-- check: not_null source_row
-- check: range charges 0 10000000
with told as (
  select
    subject_id, source, event_time, known_time, concept, value, text,
    substr(source_code, 12) as fact
  from ref('silver.events')
  where source = 'insurance' and status in ('final', 'corrected', 'marker')
),
persons as (
  select
    subject_id, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'age' then value end) as age,
    max(case when fact = 'bmi' then value end) as bmi,
    max(case when fact = 'children' then value end) as children,
    max(case when fact = 'charges' then value end) as charges,
    max(case when fact = 'sex' then text end) as sex,
    max(case when fact = 'smoker' then text end) as smoker,
    max(case when fact = 'region' then text end) as region
  from told
  group by subject_id, source
)
select * from persons
