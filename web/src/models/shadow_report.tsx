import type { Shadow } from '../api/run_types';
import type { ModelVersion, TaskModels } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { modelPath, predictionPath } from '../app/route';
import { Answer } from '../parts/answer';
import { Figure } from '../parts/figure';
import { Link } from '../parts/link';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { count, fixed, measured, percent, points } from '../words/figures';
import { ShadowBands } from './shadow_bands';

// Risks and probabilities in percent, amounts as they are.
const isShare = (of: Shadow): boolean => of.alerts !== undefined || of.classes !== undefined;

function Figures({ of }: { of: Shadow }) {
  const gap = of.difference;
  const size = (value: number | undefined): string =>
    isShare(of) ? points(value).replace('+', '') : measured(value);
  const same = of.classes ?? null;
  return (
    <dl class="figures">
      <Figure
        label="Answers compared"
        value={count(of.predictions)}
        note={of.left_out > 0 ? `${count(of.left_out)} lack inputs of the challenger` : 'all of them'}
      />
      <Figure
        label="Mean difference"
        term="challenger minus champion"
        value={isShare(of) ? points(gap?.mean) : measured(gap?.mean)}
        note={isShare(of) ? 'points of a percent' : 'challenger minus champion'}
      />
      <Figure
        label="Typical size"
        term="mean absolute difference"
        value={size(gap?.mean_absolute)}
        note={`95 % within ${size(gap?.p95_absolute)}`}
      />
      {of.alerts && (
        <>
          <Figure
            label="Alerts of both"
            value={count(of.alerts.both)}
            note={`${count(of.alerts.neither)} of neither`}
          />
          <Figure
            label="Alerts of one alone"
            value={count(of.alerts.champion_only + of.alerts.challenger_only)}
            note={`${count(of.alerts.champion_only)} champion, ${count(of.alerts.challenger_only)} challenger`}
          />
        </>
      )}
      {same && (
        <Figure
          label="The same class leads"
          value={percent(same.same / (same.same + same.different))}
          note={`${count(same.different)} differ`}
        />
      )}
    </dl>
  );
}

function largestColumns(of: Shadow): Column<Shadow['largest'][number]>[] {
  const write = (value: number): string => (isShare(of) ? percent(value) : fixed(value, 0));
  return [
    {
      head: 'Prediction',
      names: true,
      cell: (one) => <Link href={predictionPath(one.id)}>{one.id.slice(0, 12)}</Link>,
    },
    { head: 'Champion', number: true, cell: (one) => write(one.champion) },
    { head: 'Challenger', number: true, cell: (one) => write(one.challenger) },
    {
      head: 'Difference',
      number: true,
      cell: ({ champion, challenger }) =>
        isShare(of) ? points(challenger - champion) : fixed(challenger - champion, 0),
    },
  ];
}

function Report({ of }: { of: Shadow }) {
  return (
    <>
      <p>
        <Link href={modelPath(of.task, of.challenger)}>{of.challenger}</Link> runs in shadow
        {of.champion && (
          <>
            {' '}
            of <Link href={modelPath(of.task, of.champion)}>{of.champion}</Link>
          </>
        )}{' '}
        since <When iso={of.challenger_since} />: it is put to the inputs of the answers given
        {of.from && (
          <>
            {' '}
            from <When iso={of.from} /> to <When iso={of.until} />
          </>
        )}{' '}
        and alerts nobody.
      </p>
      {of.predictions === 0 ? (
        <p class="notice">
          No prediction of this variant is there to compare with. It fills as predictions are made.
        </p>
      ) : (
        <>
          <Figures of={of} />
          {of.bands && <ShadowBands bands={of.bands} />}
          <div class="below">
            <h3>Largest differences</h3>
            <Table
              label="Largest differences"
              columns={largestColumns(of)}
              rows={of.largest}
              keyOf={(one) => one.id}
            />
          </div>
        </>
      )}
    </>
  );
}

function Loaded({ task, variant }: { task: string; variant: string }) {
  const query = new URLSearchParams({ variant }).toString();
  const path = `/api/v1/models/${encodeURIComponent(task)}/shadow?${query}`;
  const loaded = useLoaded<Shadow>(path);
  return (
    <Answer of={loaded} rows={4}>
      {(report) => <Report of={report} />}
    </Answer>
  );
}

// On the page of a challenger and of the champion it is held against; nothing where none runs.
export function ShadowReport({ model }: { model: ModelVersion }) {
  const { task, variant, state, version } = model;
  const { data } = useLoaded<TaskModels>(`/api/v1/models/${encodeURIComponent(task)}`);
  const challenger = data?.challengers[variant];
  if (!challenger || (version !== challenger && state !== 'champion')) return null;
  return (
    <Section title="In shadow" note="what the challenger would have answered">
      <Loaded task={task} variant={variant} />
    </Section>
  );
}
