import { useState } from 'preact/hooks';
import type { ModelVersion } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { History } from './history';
import { VersionTable } from './version_table';

function TaskSection({ task, models }: { task: string; models: ModelVersion[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title={models[0]?.label ?? task} note={task}>
      <VersionTable label={`Versions for ${task}`} models={models} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>History: what served when, and why</summary>
        {open && <History task={task} />}
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
