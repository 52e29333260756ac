-- One record per reading, dose and end of a stay, in the time of eicu_stream_stays.sql. Drugs are told by name: the ingredient is
-- looked for in it. A drug ordered is told once, when it was to start, with the value 1; doses by mouth are not read from orders, so
-- that there are no morphine equivalents. What was examined is known when it was noted; a chart entry when it was entered.
with
admissions as (
  select
    uniquepid, patienthealthsystemstayid,
    dense_rank() over (
      partition by uniquepid
      order by min(hospitaldischargeyear), cast(patienthealthsystemstayid as bigint)
    ) as place
  from patient
  group by uniquepid, patienthealthsystemstayid
),
stays as (
  select
    patient.uniquepid, patient.patientunitstayid, patient.hospitaldischargestatus,
    cast(patient.unitdischargeoffset as integer) as ends_at,
    cast(patient.hospitaldischargeoffset as integer) as leaves_at,
    cast(patient.admissionweight as double) as kilograms,
    timestamp '2000-01-01' + to_days(400 * (place - 1)::integer)
      - to_minutes(cast(patient.hospitaladmitoffset as integer)) as began
  from patient
  join admissions using (uniquepid, patienthealthsystemstayid)
),
ingredients (word, atc) as (
  values
    ('heparin', 'B01AB01'), ('enoxaparin', 'B01AB05'), ('lovenox', 'B01AB05'),
    ('warfarin', 'B01AA03'), ('coumadin', 'B01AA03'), ('argatroban', 'B01AE03'),
    ('bivalirudin', 'B01AE06'), ('fondaparinux', 'B01AX05'), ('insulin', 'A10AB01'),
    ('novolog', 'A10AB05'), ('humalog', 'A10AB04'), ('lantus', 'A10AE04'),
    ('fentanyl', 'N01AH01'), ('propofol', 'N01AX10'), ('diprivan', 'N01AX10'),
    ('midazolam', 'N05CD08'), ('versed', 'N05CD08'), ('lorazepam', 'N05BA06'),
    ('ativan', 'N05BA06'), ('diazepam', 'N05BA01'), ('alprazolam', 'N05BA12'),
    ('zolpidem', 'N05CF02'), ('dexmedetomidine', 'N05CM18'), ('precedex', 'N05CM18'),
    ('ketamine', 'N01AX03'), ('amiodarone', 'C01BD01'), ('metoprolol', 'C07AB02'),
    ('lopressor', 'C07AB02'), ('labetalol', 'C07AG01'), ('esmolol', 'C07AB09'),
    ('digoxin', 'C01AA05'), ('lisinopril', 'C09AA03'), ('losartan', 'C09CA01'),
    ('furosemide', 'C03CA01'), ('lasix', 'C03CA01'), ('ondansetron', 'A04AA01'),
    ('zofran', 'A04AA01'), ('haloperidol', 'N05AD01'), ('haldol', 'N05AD01'),
    ('quetiapine', 'N05AH04'), ('diphenhydramine', 'R06AA02'), ('benadryl', 'R06AA02'),
    ('promethazine', 'R06AD02'), ('prochlorperazine', 'N05AB04'), ('famotidine', 'A02BA03'),
    ('ranitidine', 'A02BA02'), ('pantoprazole', 'A02BC02'), ('protonix', 'A02BC02'),
    ('vancomycin', 'J01XA01'), ('vancocin', 'J01XA01'), ('piperacillin', 'J01CR05'),
    ('zosyn', 'J01CR05'), ('gentamicin', 'J01GB03'), ('tobramycin', 'J01GB01'),
    ('levofloxacin', 'J01MA12'), ('levaquin', 'J01MA12'), ('ciprofloxacin', 'J01MA02'),
    ('azithromycin', 'J01FA10'), ('ceftriaxone', 'J01DD04'), ('rocephin', 'J01DD04'),
    ('cefepime', 'J01DE01'), ('cefazolin', 'J01DB04'), ('meropenem', 'J01DH02'),
    ('metronidazole', 'J01XD01'), ('linezolid', 'J01XX08'), ('ketorolac', 'M01AB15'),
    ('ibuprofen', 'M01AE01'), ('citalopram', 'N06AB04'), ('sertraline', 'N06AB06'),
    ('trazodone', 'N06AX05'), ('simvastatin', 'C10AA01'), ('atorvastatin', 'C10AA05'),
    ('naloxone', 'V03AB15'), ('narcan', 'V03AB15'), ('phenylephrine', 'C01CA06'),
    ('dopamine', 'C01CA04'), ('dobutamine', 'C01CA07'), ('milrinone', 'C01CE02'),
    ('potassium chloride', 'B05XA01')
),
cuffs as (
  select
    patientunitstayid, cast(observationoffset as integer) as minute,
    cast(observationoffset as integer) as known, 'cuff/' || vitalaperiodicid as record_id,
    [
      {code: 'sbp', value: cast(noninvasivesystolic as double), unit: 'mm[Hg]'},
      {code: 'dbp', value: cast(noninvasivediastolic as double), unit: 'mm[Hg]'},
      {code: 'map', value: cast(noninvasivemean as double), unit: 'mm[Hg]'}
    ] as measurements
  from vitalaperiodic
),
breathing as (
  select
    patientunitstayid, cast(respchartoffset as integer), cast(respchartentryoffset as integer),
    'breathing/' || respchartid,
    [{
      code: case respchartvaluelabel when 'FiO2' then 'fio2' when 'SaO2' then 'spo2' else 'resp_rate' end,
      value: try_cast(respchartvalue as double),
      unit: case when respchartvaluelabel in ('FiO2', 'SaO2') then '%' else '/min' end
    }]
  from respiratorycharting
  where respchartvaluelabel in ('FiO2', 'SaO2', 'RR (patient)', 'Total RR')
    and try_cast(respchartvalue as double) is not null
),
examined as (
  select
    patientunitstayid, cast(physicalexamoffset as integer), cast(physicalexamoffset as integer),
    'examined/' || physicalexamid,
    [{
      code: case
        when contains(physicalexampath, '/HR Current') then 'heart_rate'
        when contains(physicalexampath, '/Resp Current') then 'resp_rate'
        when contains(physicalexampath, '/O2 Sat% Current') then 'spo2'
        else 'fio2'
      end,
      value: try_cast(physicalexamtext as double),
      unit: case when contains(physicalexampath, '%') then '%' else '/min' end
    }]
  from physicalexam
  where regexp_matches(physicalexampath, '/(HR Current|Resp Current|O2 Sat% Current|FiO2%/FiO2%)')
    and try_cast(physicalexamtext as double) is not null
),
infused as (
  select
    infusiondrug.patientunitstayid, cast(infusionoffset as integer),
    cast(infusionoffset as integer), concat_ws('/', 'infused', infusiondrugid, atc),
    -- A pressor counts by its rate for the body's weight, which only some entries tell.
    [{
      code: 'ATC//' || atc,
      value: case
        when not starts_with(atc, 'C01CA') then 1
        when contains(drugname, 'mcg/kg/min') then try_cast(drugrate as double)
        when contains(drugname, 'mcg/min')
          then round(try_cast(drugrate as double)
            / coalesce(cast(patientweight as double), kilograms), 4)
      end,
      unit: case when starts_with(atc, 'C01CA') then 'ug/kg/min' end
    }]
  from infusiondrug
  join stays using (patientunitstayid)
  join ingredients on contains(lower(drugname), word)
  where try_cast(drugrate as double) > 0
),
orders as (
  select
    patientunitstayid, greatest(cast(drugstartoffset as integer), 0) as minute,
    greatest(cast(drugstartoffset as integer), cast(drugorderoffset as integer), 0) as known,
    concat_ws('/', 'ordered', medicationid, atc) as record_id, atc,
    row_number() over (
      partition by patientunitstayid, atc
      order by cast(drugstartoffset as integer), cast(medicationid as bigint)
    ) as nth
  from medication
  join ingredients on contains(lower(drugname), word)
  where drugordercancelled = 'No' and prn = 'No' and not starts_with(atc, 'C01CA')
    and cast(drugstopoffset as integer) > 0
),
ordered as (
  select
    patientunitstayid, minute, known, record_id,
    [
      {code: 'ATC//' || atc, value: 1, unit: null},
      {code: 'medication_start', value: case when nth = 1 and minute > 0 then 1 end, unit: '1'},
      {
        code: 'antibiotic_start', unit: '1',
        value: case when nth = 1 and minute > 0 and starts_with(atc, 'J01') then 1 end
      }
    ]
  from orders
),
ended as (
  select
    patientunitstayid, ends_at, ends_at, 'stay/' || patientunitstayid || '/end',
    [{code: 'icu_discharge', value: 1, unit: '1'}]
  from stays
),
died as (
  select
    patientunitstayid, leaves_at, leaves_at, 'stay/' || patientunitstayid || '/death',
    [{code: 'hospital_death', value: 1, unit: '1'}]
  from stays
  where hospitaldischargestatus = 'Expired'
),
everything as (
  from cuffs union all from breathing union all from examined union all from infused
  union all from ordered union all from ended union all from died
)
select
  stays.uniquepid, stays.patientunitstayid,
  strftime(began + to_minutes(minute), '%Y-%m-%dT%H:%M:%SZ') as time,
  strftime(began + to_minutes(greatest(known, minute)), '%Y-%m-%dT%H:%M:%SZ') as known_at,
  record_id, measurements
from everything
join stays using (patientunitstayid)
where minute between 0 and ends_at or starts_with(record_id, 'stay/')
