-- One record per observation, encounter, procedure, prescription, claim and payment. An observation of several numbers, such as a blood
-- pressure, holds them as components. How long an encounter took is known when it is over. Drugs are told by name: the ingredient is
-- looked for in it.
with
ingredients (word, atc) as (
  values
    ('warfarin', 'B01AA03'), ('insulin', 'A10AB01'), ('metformin', 'A10BA02'),
    ('simvastatin', 'C10AA01'), ('simvistatin', 'C10AA01'), ('atorvastatin', 'C10AA05'),
    ('clopidogrel', 'B01AC04'), ('aspirin', 'B01AC06'), ('digoxin', 'C01AA05'),
    ('verapamil', 'C08DA01'), ('amlodipine', 'C08CA01'), ('nitroglycerin', 'C01DA02'),
    ('metoprolol', 'C07AB02'), ('atenolol', 'C07AB03'), ('lisinopril', 'C09AA03'),
    ('captopril', 'C09AA01'), ('furosemide', 'C03CA01'), ('lasix', 'C03CA01'),
    ('hydrochlorothiazide', 'C03AA03'), ('amiodarone', 'C01BD01'), ('penicillin', 'J01CE02'),
    ('amoxicillin', 'J01CA04'), ('clavulanate', 'J01CR02'), ('cefuroxime', 'J01DC02'),
    ('ciprofloxacin', 'J01MA02'), ('doxycycline', 'J01AA02'), ('nitrofurantoin', 'J01XE01'),
    ('acetaminophen', 'N02BE01'), ('ibuprofen', 'M01AE01'), ('naproxen', 'M01AE02'),
    ('oxycodone', 'N02AA55'), ('hydrocodone', 'N02AJ22'), ('meperidine', 'N02AB02'),
    ('fentanyl', 'N02AB03'), ('albuterol', 'R03AC02'), ('fluticasone', 'R03BA05'),
    ('alendronic', 'M05BA04'), ('donepezil', 'N06DA02'), ('memantine', 'N06DX01'),
    ('diphenhydramine', 'R06AA02'), ('loratadine', 'R06AX13'), ('cisplatin', 'L01XA01'),
    ('doxorubicin', 'L01DB01'), ('docetaxel', 'L01CD02'), ('leuprolide', 'L02AE02')
),
observed as (
  select
    split_part(json->>'$.subject.reference', '/', -1) as person,
    json->>'$.effectiveDateTime' as time,
    coalesce(json->>'$.issued', json->>'$.effectiveDateTime') as known_at,
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
    split_part(json->>'$.subject.reference', '/', -1), json->>'$.period.start',
    json->>'$.period.end', json->>'$.id',
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
performed as (
  select
    split_part(json->>'$.subject.reference', '/', -1), json->>'$.performedPeriod.start',
    json->>'$.performedPeriod.start', split_part(json->>'$.encounter.reference', '/', -1),
    'Procedure/' || (json->>'$.id'), 'final',
    [{
      code: 'SNOMED//' || (json->>'$.code.coding[0].code'), value: cast(1 as double),
      unit: cast(null as varchar)
    }]
  from procedures
),
drugs as (
  select
    json, 'ATC//' || min(atc) as atc
  from prescriptions
  left join ingredients
    on contains(lower(json->>'$.medicationCodeableConcept.text'), word)
  group by json
),
prescribed as (
  select
    split_part(json->>'$.subject.reference', '/', -1), json->>'$.authoredOn',
    json->>'$.authoredOn', split_part(json->>'$.encounter.reference', '/', -1),
    'MedicationRequest/' || (json->>'$.id'), 'final',
    [{
      code: coalesce(
        atc, 'RXNORM//' || (json->>'$.medicationCodeableConcept.coding[0].code')
      ),
      value: cast(1 as double), unit: cast(null as varchar)
    }]
  from drugs
),
claimed as (
  select
    split_part(json->>'$.patient.reference', '/', -1), json->>'$.created', json->>'$.created',
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
    split_part(json->>'$.patient.reference', '/', -1), json->>'$.created', json->>'$.created',
    split_part(json->>'$.item[0].encounter[0].reference', '/', -1),
    'ExplanationOfBenefit/' || (json->>'$.id'), 'final',
    [{
      code: 'claim_payment', unit: json->>'$.payment.amount.currency',
      value: cast(json->>'$.payment.amount.value' as double)
    }]
  from benefits
)
from observed union all from visited union all from performed union all from prescribed
union all from claimed union all from paid
