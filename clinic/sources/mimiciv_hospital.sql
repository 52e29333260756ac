-- One record per admission, discharge, coded diagnosis and procedure, and change of service. Diagnoses are coded after discharge and
-- known a week later; a procedure is known the day after it was done.
with
admitted as (
  select
    subject_id, hadm_id as stay_id, admittime as time, admittime as stored_at,
    concat_ws('/', 'admission', hadm_id, 'start') as record_id,
    [
      {code: 'hospital_admission', value: 1, unit: '1'},
      {
        code: 'admission_type', unit: '1',
        value: case
          when admission_type in ('ELECTIVE', 'SURGICAL SAME DAY ADMISSION', 'AMBULATORY OBSERVATION')
            then 0
          else 1
        end
      },
      {code: 'emergency_visit', value: case when edregtime is not null then 1 end, unit: '1'}
    ] as measurements
  from admissions
),
-- Who died or went to a hospice cannot come back.
discharged as (
  select
    subject_id, hadm_id, dischtime, dischtime, concat_ws('/', 'admission', hadm_id, 'end'),
    [
      {
        code: 'hospital_discharge', unit: '1',
        value: case
          when hospital_expire_flag = '1' or discharge_location in ('DIED', 'HOSPICE') then 0 else 1
        end
      },
      {
        code: 'length_of_stay', unit: 'd',
        value: round(date_diff('minute', cast(admittime as timestamp), cast(dischtime as timestamp)) / 1440, 3)
      }
    ]
  from admissions
),
diagnosed as (
  select
    subject_id, hadm_id, dischtime, cast(cast(dischtime as timestamp) + interval 7 day as varchar),
    concat_ws('/', 'diagnosis', hadm_id, seq_num),
    [{code: 'ICD' || icd_version || 'CM//' || icd_code, value: 1, unit: null}]
  from diagnoses_icd
  join admissions using (subject_id, hadm_id)
),
treated as (
  select
    subject_id, hadm_id, greatest(chartdate || ' 00:00:00', admittime),
    greatest(cast(cast(chartdate as timestamp) + interval 1 day as varchar), admittime),
    concat_ws('/', 'procedure', hadm_id, seq_num),
    [{code: 'ICD' || icd_version || 'PCS//' || icd_code, value: 1, unit: null}]
  from procedures_icd
  join admissions using (subject_id, hadm_id)
),
served as (
  select
    subject_id, hadm_id, transfertime, transfertime, concat_ws('/', 'service', hadm_id, transfertime),
    [{
      code: 'oncology_service', value: case curr_service when 'OMED' then 1 else 0 end, unit: '1'
    }]
  from services
),
everything as (
  from admitted union all from discharged union all from diagnosed union all from treated
  union all from served
)
select subject_id, stay_id, time, stored_at, record_id, measurements
from everything
