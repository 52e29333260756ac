-- One row per stay in intensive care. What APACHE needs is the worst of the first day; in its tables -1 is "not measured".
with pressures as (
  select
    patientunitstayid,
    min(cast(noninvasivesystolic as double)) as cuff_systolic_min,
    min(cast(noninvasivemean as double)) as cuff_mean_min
  from vitalaperiodic
  where cast(observationoffset as integer) between 0 and 1440
  group by patientunitstayid
)
select
  stay.uniquepid, cast(stay.patientunitstayid as bigint) as patientunitstayid,
  stay.gender, case when stay.age = '> 89' then '90' else stay.age end as age,
  stay.admissionheight, stay.admissionweight, stay.unittype, stay.unitadmitsource,
  stay.unitstaytype, stay.unitvisitnumber,
  round(-cast(stay.hospitaladmitoffset as integer) / 60, 2) as hours_before_icu,
  case stay.hospitaldischargestatus when 'Expired' then 1 when 'Alive' then 0 end as died_in_hospital,
  day.intubated, day.vent, day.dialysis, day.eyes, day.motor, day.verbal, day.meds, day.urine, day.wbc,
  day.temperature, day.respiratoryrate, day.sodium, day.heartrate, day.meanbp, day.ph,
  day.hematocrit, day.creatinine, day.albumin, day.pao2, day.pco2, day.bun, day.glucose,
  day.bilirubin, day.fio2,
  history.admitdiagnosis, history.thrombolytics, history.aids, history.hepaticfailure,
  history.lymphoma, history.metastaticcancer, history.leukemia, history.immunosuppression,
  history.cirrhosis, history.electivesurgery, history.activetx, history.readmit, history.diabetes,
  pressures.cuff_systolic_min, pressures.cuff_mean_min,
  forecast.predictedhospitalmortality as apache_iva
from patient as stay
left join apacheapsvar as day using (patientunitstayid)
left join apachepredvar as history using (patientunitstayid)
left join pressures using (patientunitstayid)
left join apachepatientresult as forecast
  on forecast.patientunitstayid = stay.patientunitstayid and forecast.apacheversion = 'IVa'
