import { useState } from 'preact/hooks';
import type { ModelVersion } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { diffPath } from '../app/route';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { PairForm } from '../parts/pair_form';
import { Section } from '../parts/section';
import { History } from './history';
import { LiveThen } from './live_then';
import { VersionTable } from './version_table';

const rank: Record<string, number> = { champion: 0, challenger: 1, approved: 2, candidate: 3 };
const rankOf = ({ state }: ModelVersion): number => rank[state] ?? 4;

// What serves a variant, what runs in shadow, what waits; retired versions last.
function Variant({
  task,
  variant,
  models,
}: {
  task: string;
  variant: string;
  models: ModelVersion[];
}) {
  const named = (state: string): string =>
    models.find((model) => model.state === state)?.version ?? 'none';
  const waiting = models.filter(({ state }) => state === 'candidate' || state === 'approved');
  return (
    <div class="variant">
      <h3>
        {variant}{' '}
        <span class="quiet">
          in service: {named('champion')} · in shadow: {named('challenger')} · waiting:{' '}
          {waiting.length}
        </span>
      </h3>
      <VersionTable
        label={`Versions for ${task} / ${variant}`}
        models={models.toSorted((a, b) => rankOf(a) - rankOf(b))}
      />
    </div>
  );
}

function TaskSection({ task, models }: { task: string; models: ModelVersion[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title={models[0]?.label ?? task} note={task}>
      {[...Map.groupBy(models, (model) => model.variant)].map(([variant, versions]) => (
        <Variant key={variant} task={task} variant={variant} models={versions} />
      ))}
      <PairForm
        label={`Compare versions of ${task}`}
        choices={models.map(({ version }) => [version, version])}
        hrefOf={(a, b) => diffPath(task, a, b)}
      />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>History: what served when, and why</summary>
        {open && (
          <>
            <History task={task} />
            <LiveThen task={task} />
          </>
        )}
      </details>
    </Section>
  );
}

export function ModelsPage() {
  const loaded = useLoaded<{ models: ModelVersion[] }>('/api/v1/models');
  return (
    <Page title="Models" lead="Every trained version; one of each variant is in service.">
      <Answer of={loaded} rows={6}>
        {({ models }) =>
          models.length === 0 ? (
            <p class="notice">
              No model is trained yet. Train one on the command line:{' '}
              <code>codman train sepsis --activate --reason …</code>
            </p>
          ) : (
            <>
              {[...Map.groupBy(models, (model) => model.task)].map(([task, versions]) => (
                <TaskSection key={task} task={task} models={versions} />
              ))}
            </>
          )
        }
      </Answer>
    </Page>
  );
}
