import type { RunComparison } from '../api/run_types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { DifferenceTable } from '../parts/difference_table';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { RunTable } from './run_table';

// Two runs: what was asked differently, and what came of it.
export function ComparisonPage({ a, b }: { a: string; b: string }) {
  const query = new URLSearchParams({ a, b }).toString();
  const loaded = useLoaded<RunComparison>(`/api/v1/runs/compare?${query}`);
  const sides = { before: `Run ${a}`, after: `Run ${b}` };
  return (
    <Page title={`Runs ${a} and ${b}`}>
      <Answer of={loaded} rows={8}>
        {(found) => (
          <>
            <RunTable label="The two runs" runs={[found.a, found.b]} />
            <Section title="Metrics" note="each on the held-out patients of its own run">
              <DifferenceTable label="Metrics" {...sides} rows={found.metrics} />
            </Section>
            <Section title="Asked for" note="where they differ">
              <DifferenceTable label="Asked for" {...sides} rows={found.config} />
            </Section>
            <Section title="Parameters" note="where they differ">
              <DifferenceTable label="Parameters" {...sides} rows={found.parameters} />
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
}
