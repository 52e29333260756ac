-- One record per row of the clinical tables, under its standard concept; where the source has none (0), under its own code.
with
told as (
  select
    person_id, measurement_date as time, visit_occurrence_id as visit,
    'measurement/' || measurement_id as record_id,
    coalesce(nullif(measurement_concept_id, '0'), measurement_source_value) as code,
    coalesce(cast(value_as_number as double), 1) as value, unit_source_value as unit
  from measurement
  union all
  select
    person_id, condition_start_date, visit_occurrence_id, 'condition/' || condition_occurrence_id,
    coalesce(nullif(condition_concept_id, '0'), condition_source_value), 1, null
  from condition_occurrence
  union all
  select
    person_id, drug_exposure_start_date, visit_occurrence_id, 'drug/' || drug_exposure_id,
    coalesce(nullif(drug_concept_id, '0'), drug_source_value), 1, null
  from drug_exposure
  union all
  select
    person_id, visit_start_date, visit_occurrence_id, 'visit/' || visit_occurrence_id,
    'visit_hours',
    24 * date_diff('day', cast(visit_start_date as date), cast(visit_end_date as date)), 'h'
  from visit_occurrence
  union all
  select person_id, death_date, null, 'death/' || person_id, 'death', 1, '1'
  from death
)
select
  person_id, time, visit, record_id, [{code: code, value: value, unit: unit}] as measurements
from told
where code is not null
