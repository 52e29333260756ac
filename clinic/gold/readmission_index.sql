-- description: one row per admission that may be followed by a readmission; the label is a readmission within 30 days
-- key: subject_id, encounter_ref
-- grain: one admission, at its discharge
-- owner: clinical data team
-- check: not_null source_row
-- check: range readmitted_30d 0 1
-- check: relationship subject_id silver.subjects.subject_id
with told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 14) as fact
  from ref('silver.events')
  where source = 'diabetes130' and status in ('final', 'corrected', 'marker')
),
admissions as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'admission_type_id' then value end) as admission_type_id,
    max(case when fact = 'discharge_disposition_id' then value end) as discharge_disposition_id,
    max(case when fact = 'admission_source_id' then value end) as admission_source_id,
    max(case when fact = 'time_in_hospital' then value end) as time_in_hospital,
    max(case when fact = 'num_lab_procedures' then value end) as num_lab_procedures,
    max(case when fact = 'num_procedures' then value end) as num_procedures,
    max(case when fact = 'num_medications' then value end) as num_medications,
    max(case when fact = 'number_outpatient' then value end) as number_outpatient,
    max(case when fact = 'number_emergency' then value end) as number_emergency,
    max(case when fact = 'number_inpatient' then value end) as number_inpatient,
    max(case when fact = 'number_diagnoses' then value end) as number_diagnoses,
    max(case when fact = 'race' then text end) as race,
    max(case when fact = 'gender' then text end) as gender,
    max(case when fact = 'age' then text end) as age_band,
    max(case when fact = 'max_glu_serum' then text end) as max_glu_serum,
    max(case when fact = 'A1Cresult' then text end) as a1c_result,
    max(case when fact = 'change' then text end) as medication_change,
    max(case when fact = 'diabetesMed' then text end) as diabetes_medication,
    max(case when fact = 'readmitted' then text end) as readmitted,
    max(case when fact = 'diag_1' then text end) as diag_1,
    max(case when fact = 'diag_2' then text end) as diag_2,
    max(case when fact = 'diag_3' then text end) as diag_3,
    max(case when fact = 'metformin' then text end) as metformin,
    max(case when fact = 'repaglinide' then text end) as repaglinide,
    max(case when fact = 'nateglinide' then text end) as nateglinide,
    max(case when fact = 'chlorpropamide' then text end) as chlorpropamide,
    max(case when fact = 'glimepiride' then text end) as glimepiride,
    max(case when fact = 'acetohexamide' then text end) as acetohexamide,
    max(case when fact = 'glipizide' then text end) as glipizide,
    max(case when fact = 'glyburide' then text end) as glyburide,
    max(case when fact = 'tolbutamide' then text end) as tolbutamide,
    max(case when fact = 'pioglitazone' then text end) as pioglitazone,
    max(case when fact = 'rosiglitazone' then text end) as rosiglitazone,
    max(case when fact = 'acarbose' then text end) as acarbose,
    max(case when fact = 'miglitol' then text end) as miglitol,
    max(case when fact = 'troglitazone' then text end) as troglitazone,
    max(case when fact = 'tolazamide' then text end) as tolazamide,
    max(case when fact = 'examide' then text end) as examide,
    max(case when fact = 'citoglipton' then text end) as citoglipton,
    max(case when fact = 'insulin' then text end) as insulin,
    max(case when fact = 'glyburide-metformin' then text end) as glyburide_metformin,
    max(case when fact = 'glipizide-metformin' then text end) as glipizide_metformin,
    max(case when fact = 'glimepiride-pioglitazone' then text end) as glimepiride_pioglitazone,
    max(case when fact = 'metformin-rosiglitazone' then text end) as metformin_rosiglitazone,
    max(case when fact = 'metformin-pioglitazone' then text end) as metformin_pioglitazone
  from told
  group by subject_id, encounter_ref, source
)
select
  subject_id, encounter_ref, source, source_row, event_time, known_time,
  -- Who died or went to a hospice cannot come back.
  case when discharge_disposition_id in (11, 13, 14, 19, 20, 21)
    then 'died or discharged to a hospice' end as excluded_because,
  case when readmitted is null then null when readmitted = '<30' then 1 else 0 end
    as readmitted_30d,
  age_band, gender, race,
  case
    when admission_type_id in (1, 7) then 'emergency'
    when admission_type_id = 2 then 'urgent'
    when admission_type_id = 3 then 'elective'
    when admission_type_id = 4 then 'newborn'
    when admission_type_id in (5, 6, 8) then 'not recorded'
  end as admission_type,
  case
    when discharge_disposition_id in (1, 8) then 'home'
    when discharge_disposition_id = 6 then 'home health service'
    when discharge_disposition_id in (3, 24) then 'skilled nursing'
    when discharge_disposition_id in (4, 15, 30) then 'intermediate care'
    when discharge_disposition_id = 22 then 'rehabilitation'
    when discharge_disposition_id = 23 then 'long-term care hospital'
    when discharge_disposition_id in (2, 9, 10, 27, 29) then 'short-term hospital'
    when discharge_disposition_id in (5, 28) then 'other inpatient care'
    when discharge_disposition_id = 7 then 'against medical advice'
    when discharge_disposition_id in (12, 16, 17) then 'outpatient services'
    when discharge_disposition_id in (18, 25, 26) then 'not recorded'
  end as discharge_to,
  case
    when admission_source_id = 1 then 'physician referral'
    when admission_source_id in (2, 3) then 'clinic referral'
    when admission_source_id in (4, 10, 22, 25) then 'hospital transfer'
    when admission_source_id in (5, 6, 18, 26) then 'facility transfer'
    when admission_source_id = 7 then 'emergency room'
    when admission_source_id in (8, 11, 12, 13, 14, 19, 23, 24) then 'other'
    when admission_source_id in (9, 15, 17, 20, 21) then 'not recorded'
  end as admission_source,
  time_in_hospital, num_lab_procedures, num_procedures, num_medications,
  number_outpatient, number_emergency, number_inpatient, number_diagnoses,
  -- Chapters of ICD-9 as in Strack et al., BioMed Research International 2014, table 2.
  case
    when diag_1 is null then null
    when try_cast(diag_1 as double) is null then 'other'
    when try_cast(diag_1 as double) >= 250 and try_cast(diag_1 as double) < 251 then 'diabetes'
    when (try_cast(diag_1 as double) >= 390 and try_cast(diag_1 as double) < 460) or floor(try_cast(diag_1 as double)) = 785 then 'circulatory'
    when (try_cast(diag_1 as double) >= 460 and try_cast(diag_1 as double) < 520) or floor(try_cast(diag_1 as double)) = 786 then 'respiratory'
    when (try_cast(diag_1 as double) >= 520 and try_cast(diag_1 as double) < 580) or floor(try_cast(diag_1 as double)) = 787 then 'digestive'
    when try_cast(diag_1 as double) >= 800 and try_cast(diag_1 as double) < 1000 then 'injury'
    when try_cast(diag_1 as double) >= 710 and try_cast(diag_1 as double) < 740 then 'musculoskeletal'
    when (try_cast(diag_1 as double) >= 580 and try_cast(diag_1 as double) < 630) or floor(try_cast(diag_1 as double)) = 788 then 'genitourinary'
    when try_cast(diag_1 as double) >= 140 and try_cast(diag_1 as double) < 240 then 'neoplasms'
    else 'other'
  end as diagnosis_1,
  case
    when diag_2 is null then null
    when try_cast(diag_2 as double) is null then 'other'
    when try_cast(diag_2 as double) >= 250 and try_cast(diag_2 as double) < 251 then 'diabetes'
    when (try_cast(diag_2 as double) >= 390 and try_cast(diag_2 as double) < 460) or floor(try_cast(diag_2 as double)) = 785 then 'circulatory'
    when (try_cast(diag_2 as double) >= 460 and try_cast(diag_2 as double) < 520) or floor(try_cast(diag_2 as double)) = 786 then 'respiratory'
    when (try_cast(diag_2 as double) >= 520 and try_cast(diag_2 as double) < 580) or floor(try_cast(diag_2 as double)) = 787 then 'digestive'
    when try_cast(diag_2 as double) >= 800 and try_cast(diag_2 as double) < 1000 then 'injury'
    when try_cast(diag_2 as double) >= 710 and try_cast(diag_2 as double) < 740 then 'musculoskeletal'
    when (try_cast(diag_2 as double) >= 580 and try_cast(diag_2 as double) < 630) or floor(try_cast(diag_2 as double)) = 788 then 'genitourinary'
    when try_cast(diag_2 as double) >= 140 and try_cast(diag_2 as double) < 240 then 'neoplasms'
    else 'other'
  end as diagnosis_2,
  case
    when diag_3 is null then null
    when try_cast(diag_3 as double) is null then 'other'
    when try_cast(diag_3 as double) >= 250 and try_cast(diag_3 as double) < 251 then 'diabetes'
    when (try_cast(diag_3 as double) >= 390 and try_cast(diag_3 as double) < 460) or floor(try_cast(diag_3 as double)) = 785 then 'circulatory'
    when (try_cast(diag_3 as double) >= 460 and try_cast(diag_3 as double) < 520) or floor(try_cast(diag_3 as double)) = 786 then 'respiratory'
    when (try_cast(diag_3 as double) >= 520 and try_cast(diag_3 as double) < 580) or floor(try_cast(diag_3 as double)) = 787 then 'digestive'
    when try_cast(diag_3 as double) >= 800 and try_cast(diag_3 as double) < 1000 then 'injury'
    when try_cast(diag_3 as double) >= 710 and try_cast(diag_3 as double) < 740 then 'musculoskeletal'
    when (try_cast(diag_3 as double) >= 580 and try_cast(diag_3 as double) < 630) or floor(try_cast(diag_3 as double)) = 788 then 'genitourinary'
    when try_cast(diag_3 as double) >= 140 and try_cast(diag_3 as double) < 240 then 'neoplasms'
    else 'other'
  end as diagnosis_3,
  max_glu_serum, a1c_result, medication_change, diabetes_medication,
  metformin, repaglinide, nateglinide, chlorpropamide, glimepiride, acetohexamide, glipizide, glyburide, tolbutamide, pioglitazone, rosiglitazone, acarbose, miglitol, troglitazone, tolazamide, examide, citoglipton, insulin, glyburide_metformin, glipizide_metformin, glimepiride_pioglitazone, metformin_rosiglitazone, metformin_pioglitazone
from admissions
