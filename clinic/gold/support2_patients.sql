-- description: one row per patient of SUPPORT2, with what was known on the third study day and what became of them
-- key: subject_id
-- grain: one patient
-- owner: clinical data team
-- check: not_null source_row
-- check: range hospdead 0 1
with told as (
  select
    subject_id, source, event_time, known_time, concept, value, text,
    substr(source_code, 11) as fact
  from ref('silver.events')
  where source = 'support2' and status in ('final', 'corrected', 'marker')
),
patients as (
  select
    subject_id, source,
    max(case when concept = 'source_row' then value end) as source_row,
    max(event_time) as event_time,
    max(known_time) as known_time,
    max(case when fact = 'age' then value end) as age,
    max(case when fact = 'death' then value end) as death,
    max(case when fact = 'hospdead' then value end) as hospdead,
    max(case when fact = 'slos' then value end) as slos,
    max(case when fact = 'd.time' then value end) as d_time,
    max(case when fact = 'num.co' then value end) as num_co,
    max(case when fact = 'edu' then value end) as edu,
    max(case when fact = 'scoma' then value end) as scoma,
    max(case when fact = 'charges' then value end) as charges,
    max(case when fact = 'totcst' then value end) as totcst,
    max(case when fact = 'totmcst' then value end) as totmcst,
    max(case when fact = 'avtisst' then value end) as avtisst,
    max(case when fact = 'sps' then value end) as sps,
    max(case when fact = 'aps' then value end) as aps,
    max(case when fact = 'surv2m' then value end) as surv2m,
    max(case when fact = 'surv6m' then value end) as surv6m,
    max(case when fact = 'hday' then value end) as hday,
    max(case when fact = 'diabetes' then value end) as diabetes,
    max(case when fact = 'dementia' then value end) as dementia,
    max(case when fact = 'prg2m' then value end) as prg2m,
    max(case when fact = 'prg6m' then value end) as prg6m,
    max(case when fact = 'dnrday' then value end) as dnrday,
    max(case when fact = 'meanbp' then value end) as meanbp,
    max(case when fact = 'wblc' then value end) as wblc,
    max(case when fact = 'hrt' then value end) as hrt,
    max(case when fact = 'resp' then value end) as resp,
    max(case when fact = 'temp' then value end) as temp,
    max(case when fact = 'pafi' then value end) as pafi,
    max(case when fact = 'alb' then value end) as alb,
    max(case when fact = 'bili' then value end) as bili,
    max(case when fact = 'crea' then value end) as crea,
    max(case when fact = 'sod' then value end) as sod,
    max(case when fact = 'ph' then value end) as ph,
    max(case when fact = 'glucose' then value end) as glucose,
    max(case when fact = 'bun' then value end) as bun,
    max(case when fact = 'urine' then value end) as urine,
    max(case when fact = 'adlp' then value end) as adlp,
    max(case when fact = 'adls' then value end) as adls,
    max(case when fact = 'adlsc' then value end) as adlsc,
    max(case when fact = 'sex' then text end) as sex,
    max(case when fact = 'dzgroup' then text end) as dzgroup,
    max(case when fact = 'dzclass' then text end) as dzclass,
    max(case when fact = 'income' then text end) as income,
    max(case when fact = 'race' then text end) as race,
    max(case when fact = 'ca' then text end) as ca,
    max(case when fact = 'dnr' then text end) as dnr,
    max(case when fact = 'sfdm2' then text end) as sfdm2
  from told
  group by subject_id, source
)
select * from patients
