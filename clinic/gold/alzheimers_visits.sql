-- description: one row per visit of an Alzheimer's cohort (OASIS-1, OASIS-2, OASIS-3, ADNI, NACC) in common terms
-- key: subject_id, encounter_ref
-- grain: one visit
-- owner: clinical data team
-- check: not_null source_row
-- check: accepted_values dementia 0, 1
-- check: accepted_values stage CN, MCI, AD
-- ADNI's AGE is that at the first visit; volumes are divided by the intracranial volume; a value beyond a detection limit
-- (ABETA ">1700") stands at the limit. OASIS-1 Educ is a level of 1 to 5, OASIS-2 EDUC is years. OASIS-3 tells APOE as two alleles
-- ("34"), and its whole brain is the volume above the tentorium.
with oasis_cross_sectional_told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 24) as fact
  from ref('silver.events')
  where source = 'oasis_cross_sectional' and status in ('final', 'corrected', 'marker')
),
oasis_cross_sectional_visits as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'Age' then value end) as age,
    max(case when fact = 'M/F' then text end) as sex,
    max(case when fact = 'Educ' then value end) as educ,
    max(case when fact = 'SES' then value end) as ses,
    max(case when fact = 'MMSE' then value end) as mmse,
    max(case when fact = 'CDR' then value end) as cdr,
    max(case when fact = 'eTIV' then value end) as etiv,
    max(case when fact = 'nWBV' then value end) as nwbv,
    max(case when fact = 'ASF' then value end) as asf,
    max(case when fact = 'Delay' then value end) as delay
  from oasis_cross_sectional_told
  group by subject_id, encounter_ref, source
),
oasis_longitudinal_told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 21) as fact
  from ref('silver.events')
  where source = 'oasis_longitudinal' and status in ('final', 'corrected', 'marker')
),
oasis_longitudinal_visits as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'Age' then value end) as age,
    max(case when fact = 'M/F' then text end) as sex,
    max(case when fact = 'EDUC' then value end) as educ,
    max(case when fact = 'SES' then value end) as ses,
    max(case when fact = 'MMSE' then value end) as mmse,
    max(case when fact = 'CDR' then value end) as cdr,
    max(case when fact = 'eTIV' then value end) as etiv,
    max(case when fact = 'nWBV' then value end) as nwbv,
    max(case when fact = 'ASF' then value end) as asf,
    max(case when fact = 'Group' then text end) as group_name
  from oasis_longitudinal_told
  group by subject_id, encounter_ref, source
),
adni_told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 7) as fact
  from ref('silver.events')
  where source = 'adni' and status in ('final', 'corrected', 'marker')
),
adni_visits as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'AGE' then value end) as age,
    max(case when fact = 'PTEDUCAT' then value end) as pteducat,
    max(case when fact = 'APOE4' then value end) as apoe4,
    max(case when fact = 'Years_bl' then value end) as years_bl,
    max(case when fact = 'MMSE' then value end) as mmse,
    max(case when fact = 'MOCA' then value end) as moca,
    max(case when fact = 'ADAS11' then value end) as adas11,
    max(case when fact = 'ADAS13' then value end) as adas13,
    max(case when fact = 'ADASQ4' then value end) as adasq4,
    max(case when fact = 'RAVLT_immediate' then value end) as ravlt_immediate,
    max(case when fact = 'RAVLT_learning' then value end) as ravlt_learning,
    max(case when fact = 'RAVLT_forgetting' then value end) as ravlt_forgetting,
    max(case when fact = 'LDELTOTAL' then value end) as ldeltotal,
    max(case when fact = 'DIGITSCOR' then value end) as digitscor,
    max(case when fact = 'TRABSCOR' then value end) as trabscor,
    max(case when fact = 'FAQ' then value end) as faq,
    max(case when fact = 'mPACCdigit' then value end) as mpaccdigit,
    max(case when fact = 'mPACCtrailsB' then value end) as mpacctrailsb,
    max(case when fact = 'EcogPtTotal' then value end) as ecogpttotal,
    max(case when fact = 'EcogSPTotal' then value end) as ecogsptotal,
    max(case when fact = 'FDG' then value end) as fdg,
    max(case when fact = 'PIB' then value end) as pib,
    max(case when fact = 'AV45' then value end) as av45,
    max(case when fact = 'FBB' then value end) as fbb,
    max(case when fact = 'ABETA' then value end) as abeta,
    max(case when fact = 'TAU' then value end) as tau,
    max(case when fact = 'PTAU' then value end) as ptau,
    max(case when fact = 'Ventricles' then value end) as ventricles,
    max(case when fact = 'Hippocampus' then value end) as hippocampus,
    max(case when fact = 'WholeBrain' then value end) as wholebrain,
    max(case when fact = 'Entorhinal' then value end) as entorhinal,
    max(case when fact = 'Fusiform' then value end) as fusiform,
    max(case when fact = 'MidTemp' then value end) as midtemp,
    max(case when fact = 'ICV' then value end) as icv,
    max(case when fact = 'PTGENDER' then text end) as sex,
    max(case when fact = 'DX' then text end) as dx
  from adni_told
  group by subject_id, encounter_ref, source
),
nacc_told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 7) as fact
  from ref('silver.events')
  where source = 'nacc' and status in ('final', 'corrected', 'marker')
),
nacc_visits as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'NACCAGE' then value end) as naccage,
    max(case when fact = 'SEX' then value end) as sex,
    max(case when fact = 'EDUC' then value end) as educ,
    max(case when fact = 'NACCMMSE' then value end) as naccmmse,
    max(case when fact = 'NACCMOCA' then value end) as naccmoca,
    max(case when fact = 'TRAILA' then value end) as traila,
    max(case when fact = 'TRAILB' then value end) as trailb,
    max(case when fact = 'ANIMALS' then value end) as animals,
    max(case when fact = 'BOSTON' then value end) as boston,
    max(case when fact = 'MINTTOTS' then value end) as minttots,
    max(case when fact = 'NACCAPOE' then value end) as naccapoe,
    max(case when fact = 'NACCNE4S' then value end) as naccne4s,
    max(case when fact = 'NACCUDSD' then value end) as naccudsd
  from nacc_told
  group by subject_id, encounter_ref, source
),
oasis3_told as (
  select
    subject_id, encounter_ref, source, event_time, known_time, concept, value, text,
    substr(source_code, 9) as fact
  from ref('silver.events')
  where source = 'oasis3' and status in ('final', 'corrected', 'marker')
),
oasis3_visits as (
  select
    subject_id, encounter_ref, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'age at visit' then value end) as age,
    max(case when fact = 'GENDER' then value end) as gender,
    max(case when fact = 'EDUC' then value end) as educ,
    max(case when fact = 'SES' then value end) as ses,
    max(case when fact = 'APOE' then text end) as apoe,
    max(case when fact = 'MMSE' then value end) as mmse,
    max(case when fact = 'CDRTOT' then value end) as cdr,
    max(case when fact = 'IntraCranialVol' then value end) as icv,
    max(case when fact = 'SupraTentorialVol' then value end) as whole_brain,
    max(case when fact = 'hippocampus' then value end) as hippocampus,
    max(case when fact = 'ventricles' then value end) as ventricles,
    max(case when fact = 'entorhinal' then value end) as entorhinal,
    max(case when fact = 'fusiform' then value end) as fusiform,
    max(case when fact = 'middletemporal' then value end) as middletemporal
  from oasis3_told
  group by subject_id, encounter_ref, source
)
select * from (
  select
    subject_id, encounter_ref, source, source_row, event_time, known_time,
    case when age < 60 then 'younger than 60: no rating of dementia was planned' end as excluded_because,
    case when cdr is null then null when cdr > 0 then 1 else 0 end as dementia,
    cast(null as varchar) as stage,
    age as age,
    case when sex = 'M' then 'male' when sex = 'F' then 'female' end as sex,
    cast(null as double) as education_years,
    educ as education_level,
    ses as ses,
    cast(null as double) as apoe4,
    mmse as mmse,
    cast(null as double) as moca,
    cast(null as double) as adas13,
    cast(null as double) as faq,
    cast(null as double) as ravlt_immediate,
    cast(null as double) as ravlt_learning,
    cast(null as double) as logical_memory,
    cast(null as double) as digit_symbol,
    cast(null as double) as trails_a,
    cast(null as double) as trails_b,
    cast(null as double) as category_animals,
    cast(null as double) as naming,
    etiv as etiv,
    nwbv as nwbv,
    asf as asf,
    cast(null as double) as ventricles_icv,
    cast(null as double) as hippocampus_icv,
    cast(null as double) as whole_brain_icv,
    cast(null as double) as entorhinal_icv,
    cast(null as double) as fusiform_icv,
    cast(null as double) as mid_temporal_icv,
    cast(null as double) as abeta,
    cast(null as double) as tau,
    cast(null as double) as ptau,
    cast(null as double) as ptau_abeta,
    cast(null as double) as tau_abeta,
    cast(null as double) as fdg,
    cast(null as double) as av45
  from oasis_cross_sectional_visits
  union all
  select
    subject_id, encounter_ref, source, source_row, event_time, known_time,
    cast(null as varchar) as excluded_because,
    case when cdr is null then null when cdr > 0 then 1 else 0 end as dementia,
    cast(null as varchar) as stage,
    age as age,
    case when sex = 'M' then 'male' when sex = 'F' then 'female' end as sex,
    educ as education_years,
    cast(null as double) as education_level,
    ses as ses,
    cast(null as double) as apoe4,
    mmse as mmse,
    cast(null as double) as moca,
    cast(null as double) as adas13,
    cast(null as double) as faq,
    cast(null as double) as ravlt_immediate,
    cast(null as double) as ravlt_learning,
    cast(null as double) as logical_memory,
    cast(null as double) as digit_symbol,
    cast(null as double) as trails_a,
    cast(null as double) as trails_b,
    cast(null as double) as category_animals,
    cast(null as double) as naming,
    etiv as etiv,
    nwbv as nwbv,
    asf as asf,
    cast(null as double) as ventricles_icv,
    cast(null as double) as hippocampus_icv,
    cast(null as double) as whole_brain_icv,
    cast(null as double) as entorhinal_icv,
    cast(null as double) as fusiform_icv,
    cast(null as double) as mid_temporal_icv,
    cast(null as double) as abeta,
    cast(null as double) as tau,
    cast(null as double) as ptau,
    cast(null as double) as ptau_abeta,
    cast(null as double) as tau_abeta,
    cast(null as double) as fdg,
    cast(null as double) as av45
  from oasis_longitudinal_visits
  union all
  select
    subject_id, encounter_ref, source, source_row, event_time, known_time,
    cast(null as varchar) as excluded_because,
    case dx when 'Dementia' then 1 when 'MCI' then 0 when 'CN' then 0 end as dementia,
    case dx when 'Dementia' then 'AD' when 'MCI' then 'MCI' when 'CN' then 'CN' end as stage,
    age + coalesce(years_bl, 0) as age,
    lower(sex) as sex,
    pteducat as education_years,
    cast(null as double) as education_level,
    cast(null as double) as ses,
    apoe4 as apoe4,
    mmse as mmse,
    moca as moca,
    adas13 as adas13,
    faq as faq,
    ravlt_immediate as ravlt_immediate,
    ravlt_learning as ravlt_learning,
    ldeltotal as logical_memory,
    digitscor as digit_symbol,
    cast(null as double) as trails_a,
    trabscor as trails_b,
    cast(null as double) as category_animals,
    cast(null as double) as naming,
    cast(null as double) as etiv,
    cast(null as double) as nwbv,
    cast(null as double) as asf,
    ventricles / icv as ventricles_icv,
    hippocampus / icv as hippocampus_icv,
    wholebrain / icv as whole_brain_icv,
    entorhinal / icv as entorhinal_icv,
    fusiform / icv as fusiform_icv,
    midtemp / icv as mid_temporal_icv,
    abeta as abeta,
    tau as tau,
    ptau as ptau,
    ptau / abeta as ptau_abeta,
    tau / abeta as tau_abeta,
    fdg as fdg,
    av45 as av45
  from adni_visits
  union all
  select
    subject_id, encounter_ref, source, source_row, event_time, known_time,
    case when naccudsd = 2 then 'impaired but not MCI' end as excluded_because,
    case when naccudsd = 4 then 1 when naccudsd in (1, 2, 3) then 0 end as dementia,
    case naccudsd when 1 then 'CN' when 3 then 'MCI' when 4 then 'AD' end as stage,
    naccage as age,
    case sex when 1 then 'male' when 2 then 'female' end as sex,
    educ as education_years,
    cast(null as double) as education_level,
    cast(null as double) as ses,
    naccne4s as apoe4,
    naccmmse as mmse,
    naccmoca as moca,
    cast(null as double) as adas13,
    cast(null as double) as faq,
    cast(null as double) as ravlt_immediate,
    cast(null as double) as ravlt_learning,
    cast(null as double) as logical_memory,
    cast(null as double) as digit_symbol,
    traila as trails_a,
    trailb as trails_b,
    animals as category_animals,
    coalesce(minttots, boston) as naming,
    cast(null as double) as etiv,
    cast(null as double) as nwbv,
    cast(null as double) as asf,
    cast(null as double) as ventricles_icv,
    cast(null as double) as hippocampus_icv,
    cast(null as double) as whole_brain_icv,
    cast(null as double) as entorhinal_icv,
    cast(null as double) as fusiform_icv,
    cast(null as double) as mid_temporal_icv,
    cast(null as double) as abeta,
    cast(null as double) as tau,
    cast(null as double) as ptau,
    cast(null as double) as ptau_abeta,
    cast(null as double) as tau_abeta,
    cast(null as double) as fdg,
    cast(null as double) as av45
  from nacc_visits
  union all
  select
    subject_id, encounter_ref, source, source_row, event_time, known_time,
    cast(null as varchar) as excluded_because,
    case when cdr is null then null when cdr > 0 then 1 else 0 end as dementia,
    cast(null as varchar) as stage,
    age as age,
    case gender when 1 then 'male' when 2 then 'female' end as sex,
    educ as education_years,
    cast(null as double) as education_level,
    ses as ses,
    length(apoe) - length(replace(apoe, '4', '')) as apoe4,
    mmse as mmse,
    cast(null as double) as moca,
    cast(null as double) as adas13,
    cast(null as double) as faq,
    cast(null as double) as ravlt_immediate,
    cast(null as double) as ravlt_learning,
    cast(null as double) as logical_memory,
    cast(null as double) as digit_symbol,
    cast(null as double) as trails_a,
    cast(null as double) as trails_b,
    cast(null as double) as category_animals,
    cast(null as double) as naming,
    icv / 1000 as etiv,
    cast(null as double) as nwbv,
    cast(null as double) as asf,
    ventricles / icv as ventricles_icv,
    hippocampus / icv as hippocampus_icv,
    whole_brain / icv as whole_brain_icv,
    entorhinal / icv as entorhinal_icv,
    fusiform / icv as fusiform_icv,
    middletemporal / icv as mid_temporal_icv,
    cast(null as double) as abeta,
    cast(null as double) as tau,
    cast(null as double) as ptau,
    cast(null as double) as ptau_abeta,
    cast(null as double) as tau_abeta,
    cast(null as double) as fdg,
    cast(null as double) as av45
  from oasis3_visits
) as visits
