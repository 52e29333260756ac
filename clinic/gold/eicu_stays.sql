-- description: one row per stay in intensive care of the eICU demo, with its first day, APACHE's forecast and what became of it
-- key: subject_id, encounter_ref
-- grain: one stay
-- owner: clinical data team
-- check: not_null source_row
-- check: range died_in_hospital 0 1
-- check: range apache_iva 0 1
with told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 12) as fact
  from ref('silver.events')
  where source = 'eicu_demo' and status in ('final', 'corrected', 'marker')
),
stays as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'age' then value end) as age,
    max(case when fact = 'admissionheight' then value end) as admissionheight,
    max(case when fact = 'admissionweight' then value end) as admissionweight,
    max(case when fact = 'unitvisitnumber' then value end) as unitvisitnumber,
    max(case when fact = 'hours_before_icu' then value end) as hours_before_icu,
    max(case when fact = 'died_in_hospital' then value end) as died_in_hospital,
    max(case when fact = 'intubated' then value end) as intubated,
    max(case when fact = 'vent' then value end) as vent,
    max(case when fact = 'dialysis' then value end) as dialysis,
    max(case when fact = 'eyes' then value end) as eyes,
    max(case when fact = 'motor' then value end) as motor,
    max(case when fact = 'verbal' then value end) as verbal,
    max(case when fact = 'meds' then value end) as meds,
    max(case when fact = 'urine' then value end) as urine,
    max(case when fact = 'wbc' then value end) as wbc,
    max(case when fact = 'temperature' then value end) as temperature,
    max(case when fact = 'respiratoryrate' then value end) as respiratoryrate,
    max(case when fact = 'sodium' then value end) as sodium,
    max(case when fact = 'heartrate' then value end) as heartrate,
    max(case when fact = 'meanbp' then value end) as meanbp,
    max(case when fact = 'ph' then value end) as ph,
    max(case when fact = 'hematocrit' then value end) as hematocrit,
    max(case when fact = 'creatinine' then value end) as creatinine,
    max(case when fact = 'albumin' then value end) as albumin,
    max(case when fact = 'pao2' then value end) as pao2,
    max(case when fact = 'pco2' then value end) as pco2,
    max(case when fact = 'bun' then value end) as bun,
    max(case when fact = 'glucose' then value end) as glucose,
    max(case when fact = 'bilirubin' then value end) as bilirubin,
    max(case when fact = 'fio2' then value end) as fio2,
    max(case when fact = 'thrombolytics' then value end) as thrombolytics,
    max(case when fact = 'aids' then value end) as aids,
    max(case when fact = 'hepaticfailure' then value end) as hepaticfailure,
    max(case when fact = 'lymphoma' then value end) as lymphoma,
    max(case when fact = 'metastaticcancer' then value end) as metastaticcancer,
    max(case when fact = 'leukemia' then value end) as leukemia,
    max(case when fact = 'immunosuppression' then value end) as immunosuppression,
    max(case when fact = 'cirrhosis' then value end) as cirrhosis,
    max(case when fact = 'electivesurgery' then value end) as electivesurgery,
    max(case when fact = 'activetx' then value end) as activetx,
    max(case when fact = 'readmit' then value end) as readmit,
    max(case when fact = 'diabetes' then value end) as diabetes,
    max(case when fact = 'cuff_systolic_min' then value end) as cuff_systolic_min,
    max(case when fact = 'cuff_mean_min' then value end) as cuff_mean_min,
    max(case when fact = 'apache_iva' then value end) as apache_iva,
    max(case when fact = 'gender' then text end) as gender,
    max(case when fact = 'unittype' then text end) as unittype,
    max(case when fact = 'unitadmitsource' then text end) as unitadmitsource,
    max(case when fact = 'unitstaytype' then text end) as unitstaytype,
    max(case when fact = 'admitdiagnosis' then text end) as admitdiagnosis
  from told
  group by subject_id, encounter_ref, source
)
select
  *,
  case
    when admitdiagnosis = 'CARDARREST' then 'cardiac arrest'
    when admitdiagnosis like 'SEPSIS%' then 'sepsis'
    when admitdiagnosis like 'S-%' then 'surgery'
    when admitdiagnosis like 'OD%' or admitdiagnosis in ('DKA', 'DHNKA', 'DRUGWITHD') then 'poisoning or ketoacidosis'
    when admitdiagnosis in ('CVASTROKE', 'ICH', 'COMA', 'SAH', 'SEIZURES', 'SDH') then 'brain'
    when admitdiagnosis in ('AMI', 'UNSTANGINA', 'RHYTHATR', 'RHYTHCON', 'RHYTHVEN', 'CHF', 'CP-UNK', 'HYPERTENS') then 'heart'
    when admitdiagnosis is not null then 'other'
  end as diagnosis_group,
  case
    when intubated is null then 'no APACHE data'
    when apache_iva is null
      then 'outside APACHE: readmission, transplant, burns, under 16 years or under 4 hours'
  end as excluded_because
from stays
