import { useId, useState } from 'preact/hooks';
import type { AlertBurden as Data, Burden, BurdenPoint } from '../api/report_types';
import { DataTable } from '../parts/data_table';
import { Figure } from '../parts/figure';
import { Section } from '../parts/section';
import { count, fixed, measured, percent } from '../words/figures';
import { BurdenChart } from './burden_chart';

type Policy = 'silenced' | 'first_alert';

function nearest(curve: BurdenPoint[], threshold: number): number {
  let best = 0;
  curve.forEach((point, at) => {
    const now = Math.abs(Math.log(point.threshold / threshold));
    if (now < Math.abs(Math.log((curve[best]?.threshold ?? 1) / threshold))) best = at;
  });
  return best;
}

function Readout({ burden, hours }: { burden: Burden; hours: number }) {
  return (
    <dl class="figures" aria-live="polite">
      <Figure
        label="Threshold"
        value={percent(burden.threshold)}
        note={`${count(burden.alerts)} alerts`}
      />
      <Figure
        label="Alerts per 100 patient-days"
        value={fixed(burden.per_100_patient_days, 1)}
        note={`as many a day in 100 beds; ${fixed(burden.per_100_encounters, 1)} per 100 stays`}
      />
      <Figure
        label="Alerts that are right"
        term="positive predictive value (PPV)"
        value={percent(burden.ppv)}
        note={`${percent(burden.ppv_any_time)} with an event at any time`}
      />
      <Figure
        label="Events found"
        term="sensitivity by encounter"
        value={percent(burden.sensitivity)}
        note={`within ${measured(hours)} h before it`}
      />
      <Figure
        label="Warning time"
        term="median lead time"
        value={burden.median_lead_hours === null ? '–' : `${measured(burden.median_lead_hours)} h`}
        note="median, from first alert to event"
      />
    </dl>
  );
}

// The question of a ward: how many alerts can we bear, and what do they find?
export function AlertBurden({ data }: { data: Data }) {
  const slider = useId();
  const [policy, setPolicy] = useState<Policy>('silenced');
  const [index, setIndex] = useState(() => nearest(data.curve, data.silenced.threshold));
  const points = data.curve.map((point) => point[policy]);
  const inUse = index === nearest(data.curve, data.silenced.threshold);
  const chosen = inUse ? data[policy] : points[index];
  if (chosen === undefined) return null;
  const policies: [Policy, string][] = [
    ['silenced', `silent for ${measured(data.silence_hours)} h after an alert`],
    ['first_alert', 'only the first alert of a stay'],
  ];
  return (
    <Section
      title="Alert burden"
      note={`${count(data.patient_days)} patient-days, ${count(data.event_encounters)} stays with an event`}
    >
      <div class="burden">
        <fieldset class="choice">
          <legend>Alerts are counted</legend>
          {policies.map(([name, words]) => (
            <label key={name}>
              <input
                type="radio"
                name="policy"
                checked={policy === name}
                onChange={() => setPolicy(name)}
              />
              {words}
            </label>
          ))}
        </fieldset>
        <div class="slider">
          <label for={slider}>
            Fewer or more alerts {inUse && <span class="quiet">(threshold in use)</span>}
          </label>
          <input
            id={slider}
            type="range"
            min={0}
            max={data.curve.length - 1}
            value={index}
            aria-valuetext={`threshold ${percent(chosen.threshold)}, ${fixed(chosen.per_100_patient_days, 1)} alerts per 100 patient-days`}
            onInput={(event) => setIndex(Number(event.currentTarget.value))}
          />
        </div>
      </div>
      <Readout burden={chosen} hours={data.horizon_hours} />
      <BurdenChart points={points} chosen={chosen} />
      <DataTable
        label="Alert burden"
        table={{
          columns: [
            'threshold',
            'alerts',
            'per 100 patient-days',
            'PPV',
            'sensitivity',
            'median lead (h)',
          ],
          rows: points.map((p) => [
            p.threshold,
            p.alerts,
            p.per_100_patient_days,
            p.ppv,
            p.sensitivity,
            p.median_lead_hours,
          ]),
        }}
      />
    </Section>
  );
}
