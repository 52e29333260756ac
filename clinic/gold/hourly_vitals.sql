-- description: the last vital signs of each patient and hour, corrections applied, retracted and conflicting values left out
-- key: subject_id, hour
-- grain: one patient and hour in which a vital sign was measured
-- owner: clinical data team
-- check: range heart_rate 10 350
-- check: range spo2 20 100
-- check: range temperature 26 45
-- check: not_null known_time
with versions as (
  select
    subject_id, concept, value, status, event_time, known_time, received_seq,
    row_number() over (
      partition by
        subject_id, concept, source, source_record_id,
        case when source_record_id is null then event_time end
      order by known_time desc, received_seq desc
    ) as newest
  from ref('silver.events')
  where concept in ('heart_rate', 'resp_rate', 'spo2', 'sbp', 'dbp', 'map', 'temperature')
    and status in ('final', 'corrected', 'retracted', 'conflict')
),
live as (
  select
    subject_id, date_trunc('hour', event_time) as hour, concept, value, event_time, known_time,
    row_number() over (
      partition by subject_id, concept, date_trunc('hour', event_time)
      order by event_time desc, known_time desc, received_seq desc
    ) as last_first
  from versions
  where newest = 1 and status in ('final', 'corrected') and value is not null
)
select
  subject_id, hour,
  max(case when concept = 'heart_rate' then value end) as heart_rate,
  max(case when concept = 'resp_rate' then value end) as resp_rate,
  max(case when concept = 'spo2' then value end) as spo2,
  max(case when concept = 'sbp' then value end) as sbp,
  max(case when concept = 'dbp' then value end) as dbp,
  max(case when concept = 'map' then value end) as map,
  max(case when concept = 'temperature' then value end) as temperature,
  max(event_time) as event_time,
  max(known_time) as known_time
from live
where last_first = 1
group by subject_id, hour
