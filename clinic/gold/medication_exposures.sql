-- description: what drugs each patient was exposed to, and for how long; doses of one drug less than two days apart are one exposure
-- key: subject_id, source, drug, event_time
-- grain: one exposure of a patient to one drug
-- owner: clinical data team
-- check: range doses 1 1000000
-- check: range hours 0 1000000
-- check: not_null known_time
-- check: relationship subject_id silver.subjects.subject_id
-- A drug is told by its ATC or RxNorm code, or by the concept that claims the code (morphine_dose). A dose of 0 is none.
with versions as (
  select
    events.subject_id, events.source, coalesce(events.source_code, events.concept) as drug,
    events.event_time, events.known_time, events.value, events.status,
    row_number() over (
      partition by
        events.subject_id, events.source, coalesce(events.source_code, events.concept),
        coalesce(events.source_record_id, cast(events.event_time as varchar))
      order by events.known_time desc, events.received_seq desc
    ) as newest
  from ref('silver.events') as events
  left join ref('clinic.concepts') as concepts using (concept)
  where events.status in ('final', 'corrected', 'retracted', 'conflict')
    and (
      starts_with(events.source_code, 'ATC//') or starts_with(events.source_code, 'RXNORM//')
      or (concepts.concept_group = 'Medication' and concepts.unit <> '1')
    )
),
doses as (
  select
    *,
    case
      when epoch(event_time) - epoch(lag(event_time) over course) < 172800 then 0 else 1
    end as begins
  from versions
  where newest = 1 and status in ('final', 'corrected') and coalesce(value, 1) > 0
  window course as (partition by subject_id, source, drug order by event_time, known_time)
),
numbered as (
  select
    *,
    cast(sum(begins) over (
      partition by subject_id, source, drug order by event_time, known_time
      rows between unbounded preceding and current row
    ) as bigint) as exposure
  from doses
)
select
  subject_id, source, drug, exposure,
  min(event_time) as event_time,
  max(event_time) as last_dose_time,
  count(*) as doses,
  (epoch(max(event_time)) - epoch(min(event_time))) / 3600 as hours,
  max(known_time) as known_time
from numbered
group by subject_id, source, drug, exposure
