-- description: laboratory results of each patient, day (UTC) and concept; abnormal is outside the concept's reference range
-- key: subject_id, day, concept
-- grain: one patient, day and laboratory concept
-- owner: clinical data team
-- check: range n 1 1000000
-- check: not_null last_value
-- check: relationship concept clinic.concepts.concept
with versions as (
  select
    events.subject_id, events.concept, events.value, events.status, events.event_time,
    events.known_time, events.received_seq, laboratory.reference_low, laboratory.reference_high,
    row_number() over (
      partition by
        events.subject_id, events.concept, events.source, events.source_record_id,
        case when events.source_record_id is null then events.event_time end
      order by events.known_time desc, events.received_seq desc
    ) as newest
  from ref('silver.events') as events
  join ref('clinic.concepts') as laboratory
    on laboratory.concept = events.concept
    and laboratory.concept_group in ('Blood gas', 'Chemistry', 'Haematology', 'Coagulation')
  where events.status in ('final', 'corrected', 'retracted', 'conflict')
),
live as (
  select
    subject_id, date_trunc('day', event_time) as day, concept, value, event_time, known_time,
    case
      when reference_high > reference_low and (value < reference_low or value > reference_high)
        then 1
    end as abnormal,
    row_number() over (
      partition by subject_id, concept, date_trunc('day', event_time)
      order by event_time desc, known_time desc, received_seq desc
    ) as last_first
  from versions
  where newest = 1 and status in ('final', 'corrected') and value is not null
)
select
  subject_id, day, concept,
  count(*) as n,
  min(value) as min_value,
  max(value) as max_value,
  max(case when last_first = 1 then value end) as last_value,
  count(abnormal) as abnormal_count,
  max(event_time) as event_time,
  max(known_time) as known_time
from live
group by subject_id, day, concept
