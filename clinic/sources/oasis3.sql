-- One row per clinical visit (UDS form B4), with the newest scan of the two years up to it that passed the quality check. The day of a
-- scan stands in its session's name (…_MR_d0129), counted from entry as days_to_visit is.
with scans as (
  select
    Subject, cast(regexp_extract(MR_session, '_d([0-9]+)', 1) as integer) as day,
    IntraCranialVol, SupraTentorialVol, TOTAL_HIPPOCAMPUS_VOLUME as hippocampus,
    try_cast("Left-Lateral-Ventricle_volume" as double)
      + try_cast("Right-Lateral-Ventricle_volume" as double)
      + try_cast("Left-Inf-Lat-Vent_volume" as double)
      + try_cast("Right-Inf-Lat-Vent_volume" as double) as ventricles,
    try_cast(lh_entorhinal_volume as double) + try_cast(rh_entorhinal_volume as double) as entorhinal,
    try_cast(lh_fusiform_volume as double) + try_cast(rh_fusiform_volume as double) as fusiform,
    try_cast(lh_middletemporal_volume as double)
      + try_cast(rh_middletemporal_volume as double) as middletemporal
  from freesurfer
  where starts_with(lower("FS QC Status"), 'passed')
),
newest as (
  select
    cdr.OASIS_session_label, scans.*,
    row_number() over (partition by cdr.OASIS_session_label order by scans.day desc) as place
  from cdr
  join scans
    on scans.Subject = cdr.OASISID
    and scans.day between cast(cdr.days_to_visit as integer) - 730 and cast(cdr.days_to_visit as integer)
)
select
  cdr.OASISID, cdr.OASIS_session_label, cdr.days_to_visit, cdr."age at visit", cdr.MMSE, cdr.CDRTOT,
  cdr.CDRSUM, cdr.dx1, demographics.GENDER, demographics.EDUC, demographics.SES,
  demographics.APOE, newest.IntraCranialVol, newest.SupraTentorialVol, newest.hippocampus,
  newest.ventricles, newest.entorhinal, newest.fusiform, newest.middletemporal
from cdr
left join demographics using (OASISID)
left join newest on newest.OASIS_session_label = cdr.OASIS_session_label and newest.place = 1
