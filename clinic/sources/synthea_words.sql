-- What encounters and claims say in words: class, kind and reason of an encounter, known when it begins; who pays, told with the claim.
with
visited as (
  select
    split_part(json->>'$.subject.reference', '/', -1) as person, json->>'$.period.start' as time,
    json->>'$.period.start' as known_at, json->>'$.id' as visit,
    'Encounter/' || (json->>'$.id') as record_id,
    [
      {code: 'FHIR//class', value: json->>'$.class.code'},
      {code: 'FHIR//type', value: json->>'$.type[0].text'},
      {code: 'FHIR//reason', value: json->>'$.reasonCode[0].coding[0].display'}
    ] as measurements
  from encounters
),
claimed as (
  select
    split_part(json->>'$.patient.reference', '/', -1), json->>'$.created', json->>'$.created',
    split_part(json->>'$.item[0].encounter[0].reference', '/', -1), 'Claim/' || (json->>'$.id'),
    [{code: 'FHIR//payer', value: json->>'$.insurance[0].coverage.display'}]
  from claims
)
from visited union all from claimed
