-- One record per observation, encounter, claim and payment. An observation of several numbers, such as a blood pressure,
-- holds them as components.
with
observed as (
  select
    split_part(json->>'$.subject.reference', '/', -1) as person,
    json->>'$.effectiveDateTime' as time,
    split_part(json->>'$.encounter.reference', '/', -1) as visit,
    'Observation/' || (json->>'$.id') as record_id, json->>'$.status' as status,
    [
      {
        code: part->>'$.code.coding[0].code',
        value: cast(part->>'$.valueQuantity.value' as double),
        unit: part->>'$.valueQuantity.code'
      }
      for part in list_append(json->'$.component[*]', json)
      if (part->>'$.valueQuantity.value') is not null
    ] as measurements
  from observations
),
visited as (
  select
    split_part(json->>'$.subject.reference', '/', -1), json->>'$.period.start', json->>'$.id',
    'Encounter/' || (json->>'$.id'), 'final',
    [{
      code: 'visit_hours', unit: 'h',
      value: date_diff(
        'second', cast(json->>'$.period.start' as timestamptz),
        cast(json->>'$.period.end' as timestamptz)
      ) / 3600
    }]
  from encounters
),
claimed as (
  select
    split_part(json->>'$.patient.reference', '/', -1), json->>'$.created',
    split_part(json->>'$.item[0].encounter[0].reference', '/', -1), 'Claim/' || (json->>'$.id'),
    'final',
    [{
      code: 'claim_amount', unit: json->>'$.total.currency',
      value: cast(json->>'$.total.value' as double)
    }]
  from claims
),
paid as (
  select
    split_part(json->>'$.patient.reference', '/', -1), json->>'$.created',
    split_part(json->>'$.item[0].encounter[0].reference', '/', -1),
    'ExplanationOfBenefit/' || (json->>'$.id'), 'final',
    [{
      code: 'claim_payment', unit: json->>'$.payment.amount.currency',
      value: cast(json->>'$.payment.amount.value' as double)
    }]
  from benefits
)
from observed union all from visited union all from claimed union all from paid
