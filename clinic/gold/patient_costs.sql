-- description: what each encounter cost, with all that was known of it when it ended, and how that compares with others of its chapter
-- key: subject_id, encounter_ref
-- grain: one encounter that was claimed for
-- owner: clinical data team
-- check: not_null source_row
-- check: range cost 0 100000000
-- check: range hours 0 20000
-- check: range prior_year_cost 0 1000000000
-- check: accepted_values unusual 0, 1
-- check: relationship subject_id silver.subjects.subject_id
-- Columns from `cost` on are told by the claims, after the encounter. The chapter is that of the reason told in words, else of the kind of
-- encounter. `unusual` marks the dearest and the cheapest half percent of each chapter, for a clinical audit.
with told as (
  select
    subject_id, coalesce(encounter_ref, '') as encounter_ref, source, event_time, known_time,
    concept, source_code, value, text
  from ref('silver.events')
  where source in ('synthea_fhir', 'synthetic')
    and status in ('final', 'corrected', 'static', 'label')
),
chapter_words (place, word, chapter) as (
  values
    (1, 'neoplasm', 'neoplasms'), (1, 'cancer', 'neoplasms'), (1, 'carcinoma', 'neoplasms'),
    (1, 'malignant', 'neoplasms'), (1, 'polyp of colon', 'neoplasms'),
    (2, 'pregnan', 'pregnancy'), (2, 'prenatal', 'pregnancy'), (2, 'postnatal', 'pregnancy'),
    (2, 'obstetric', 'pregnancy'), (2, 'ovum', 'pregnancy'), (2, 'fetus', 'pregnancy'),
    (3, 'fracture', 'injury'), (3, 'injury', 'injury'), (3, 'burn', 'injury'),
    (3, 'concussion', 'injury'), (3, 'wound', 'injury'), (3, 'sprain', 'injury'),
    (3, 'laceration', 'injury'), (3, 'rupture', 'injury'), (3, 'overdose', 'injury'),
    (4, 'sinusitis', 'respiratory'), (4, 'bronchitis', 'respiratory'),
    (4, 'pharyngitis', 'respiratory'), (4, 'sore throat', 'respiratory'),
    (4, 'asthma', 'respiratory'), (4, 'pneumonia', 'respiratory'),
    (4, 'emphysema', 'respiratory'), (4, 'rhinitis', 'respiratory'),
    (5, 'heart', 'circulatory'), (5, 'cardiac', 'circulatory'), (5, 'hypertension', 'circulatory'),
    (5, 'stroke', 'circulatory'), (5, 'myocardial', 'circulatory'), (5, 'coronary', 'circulatory'),
    (6, 'diabetes', 'endocrine'), (6, 'lipidemia', 'endocrine'), (6, 'thyroid', 'endocrine'),
    (6, 'obesity', 'endocrine'), (7, 'arthritis', 'musculoskeletal'),
    (7, 'gout', 'musculoskeletal'), (7, 'rotator cuff', 'musculoskeletal'),
    (7, 'osteoporosis', 'musculoskeletal'), (8, 'alzheimer', 'nervous'),
    (8, 'seizure', 'nervous'), (8, 'epilepsy', 'nervous'), (8, 'migraine', 'nervous'),
    (8, 'pain', 'nervous'), (9, 'depress', 'mental'), (9, 'stress', 'mental'),
    (9, 'attention deficit', 'mental'), (9, 'rehabilitation', 'mental'),
    (10, 'append', 'digestive'), (10, 'cholecyst', 'digestive'), (10, 'gall', 'digestive'),
    (10, 'molar', 'digestive'), (11, 'cystitis', 'genitourinary'),
    (11, 'urinary', 'genitourinary'), (11, 'kidney', 'genitourinary'),
    (12, 'anemia', 'blood'), (13, 'check', 'check-up')
),
encounters as (
  select
    subject_id, encounter_ref, source,
    min(case when concept = 'visit_hours' then event_time end) as began,
    max(case when concept = 'visit_hours' then value end) as hours,
    max(case when concept = 'age' then value end) as age,
    max(case when concept = 'sex' then value end) as sex,
    max(case when concept = 'icu_hours' then value end) as icu_hours,
    max(case when concept = 'mech_vent' then value end) as ventilated,
    max(case when source_code = 'FHIR//class' then text end) as class_code,
    max(case when source_code = 'FHIR//payer' then text end) as payer,
    lower(coalesce(
      max(case when source_code = 'FHIR//reason' then text end),
      max(case when source_code = 'FHIR//type' then text end)
    )) as reason,
    count(case when starts_with(source_code, 'SNOMED//') then 1 end) as procedures,
    count(case
      when starts_with(source_code, 'ATC//') or starts_with(source_code, 'RXNORM//') then 1
      when ends_with(concept, '_dose') then 1
    end) as drugs,
    count(case
      when starts_with(source_code, 'ATC//N02A') or ends_with(concept, '_dose') then 1
    end) as opioids,
    count(case when starts_with(source_code, 'ATC//J01') then 1 end) as antibiotics,
    count(case when starts_with(source_code, 'ATC//B01A') then 1 end) as blood_thinners,
    count(case when starts_with(source_code, 'ATC//A10') then 1 end) as diabetes_drugs,
    count(case when starts_with(source_code, 'ATC//C') then 1 end) as heart_drugs,
    count(case when starts_with(source_code, 'ATC//L') then 1 end) as cancer_drugs
  from told
  group by subject_id, encounter_ref, source
),
claims as (
  select subject_id, encounter_ref, source, event_time, known_time, cast(value as decimal(18, 2)) as amount
  from told
  where concept = 'claim_amount'
),
costs as (
  select
    subject_id, encounter_ref, source, cast(sum(amount) as double) as cost,
    max(known_time) as known_time
  from claims
  group by subject_id, encounter_ref, source
),
chapters as (
  select encounters.subject_id, encounters.encounter_ref, min(place) as place
  from encounters
  join chapter_words on contains(reason, word)
  group by encounters.subject_id, encounters.encounter_ref
),
prior as (
  select
    encounters.subject_id, encounters.encounter_ref,
    cast(sum(claims.amount) as double) as cost, count(distinct claims.encounter_ref) as encounters
  from encounters
  join claims
    on claims.subject_id = encounters.subject_id and claims.source = encounters.source
    and claims.known_time <= encounters.began
    and claims.event_time > encounters.began - interval 365 day
  group by encounters.subject_id, encounters.encounter_ref
),
rows_of_costs as (
  select
    encounters.subject_id, encounters.encounter_ref, encounters.source,
    row_number() over (
      partition by encounters.source order by encounters.began, encounters.encounter_ref
    ) as source_row,
    encounters.began + to_seconds(cast(3600 * encounters.hours as bigint)) as event_time,
    costs.known_time,
    case
      when encounters.source <> 'synthea_fhir' then null
      when procedures = 0 then 'no procedure: a fixed fee and the price of its drugs'
    end as excluded_because,
    encounters.hours, encounters.icu_hours, encounters.ventilated, encounters.age,
    case encounters.sex when 1 then 'male' when 0 then 'female' end as sex,
    case encounters.class_code
      when 'AMB' then 'ambulatory' when 'EMER' then 'emergency' when 'IMP' then 'inpatient'
      else 'other'
    end as encounter_class,
    coalesce((select max(chapter) from chapter_words where chapter_words.place = chapters.place), 'other')
      as chapter,
    encounters.payer, encounters.procedures, encounters.drugs, encounters.opioids,
    encounters.antibiotics, encounters.blood_thinners, encounters.diabetes_drugs,
    encounters.heart_drugs, encounters.cancer_drugs,
    coalesce(prior.cost, 0) as prior_year_cost,
    coalesce(prior.encounters, 0) as prior_year_encounters,
    costs.cost
  from encounters
  join costs using (subject_id, encounter_ref, source)
  left join chapters using (subject_id, encounter_ref)
  left join prior using (subject_id, encounter_ref)
  where encounters.hours is not null
),
by_chapter as (
  select
    source, chapter, count(*) as chapter_encounters,
    percentile_disc(0.5) within group (order by cost) as chapter_median_cost,
    percentile_disc(0.005) within group (order by cost) as lowest,
    percentile_disc(0.995) within group (order by cost) as highest
  from rows_of_costs
  group by source, chapter
)
select
  rows_of_costs.*, chapter_encounters, chapter_median_cost,
  case when cost < lowest or cost > highest then 1 else 0 end as unusual
from rows_of_costs
join by_chapter using (source, chapter)
