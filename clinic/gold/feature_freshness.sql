-- description: how fresh the inputs of features are: what each source last told of each concept, and how long it takes from event to record
-- key: source, concept
-- grain: one concept of one source
-- owner: clinical data team
-- check: range measurements 1 1000000000000
-- check: range subjects 1 1000000000
-- check: range median_delay_hours 0 1000000
-- check: relationship concept clinic.concepts.concept
-- Sources without dates stand at an anchor: their times tell order and distance, not age.
with told as (
  select
    events.source, events.concept, events.subject_id, events.event_time, events.known_time,
    epoch(events.known_time) - epoch(events.event_time) as delay_seconds
  from ref('silver.events') as events
  join ref('clinic.concepts') as concepts using (concept)
  where events.status in ('final', 'corrected', 'static')
)
select
  source, concept,
  count(*) as measurements,
  count(distinct subject_id) as subjects,
  max(event_time) as last_event_time,
  max(known_time) as last_known_time,
  round(percentile_disc(0.5) within group (order by delay_seconds) / 3600, 3) as median_delay_hours,
  round(percentile_disc(0.95) within group (order by delay_seconds) / 3600, 3) as p95_delay_hours,
  max(event_time) as event_time,
  max(known_time) as known_time
from told
group by source, concept
