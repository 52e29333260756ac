import type { Finding } from '../api/report_types';
import type { ModelDiff } from '../api/run_types';
import type { ModelVersion } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { modelPath } from '../app/route';
import { Answer } from '../parts/answer';
import { DifferenceTable } from '../parts/difference_table';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { StateMark } from '../parts/state_mark';
import { When } from '../parts/when';
import { count } from '../words/figures';

interface Props {
  task: string;
  a: string;
  b: string;
}

function Side({ version }: { version: ModelVersion }) {
  return (
    <>
      <Link href={modelPath(version.task, version.version)}>{version.version}</Link> (
      <StateMark state={version.state} />, <When iso={version.created_at} as="day" />)
    </>
  );
}

function Names({ label, names }: { label: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <details open={names.length <= 20}>
      <summary>
        {count(names.length)} {label}
      </summary>
      <p class="names">
        {names.map((name) => (
          <code key={name}>{name}</code>
        ))}
      </p>
    </details>
  );
}

function Features({ diff }: { diff: ModelDiff }) {
  const { added, removed, kept, differences, same_set: same } = diff.features;
  return (
    <Section
      title="Features"
      note={`${same ? 'the same feature set' : 'another feature set'}; ${count(kept)} inputs kept`}
    >
      <Names label={`only in ${diff.b.version}`} names={added} />
      <Names label={`only in ${diff.a.version}`} names={removed} />
      <DifferenceTable
        label="Feature set"
        before={diff.a.version}
        after={diff.b.version}
        rows={differences}
      />
    </Section>
  );
}

const told = (finding: Finding): string =>
  `${finding.check.replaceAll('_', ' ')}${finding.subject ? `: ${finding.subject}` : ''}`;

function Findings({ diff }: { diff: ModelDiff }) {
  const { appeared, gone, kept } = diff.leakage;
  return (
    <Section title="Leakage audit" note={`findings in both: ${count(kept)}`}>
      {appeared.length + gone.length === 0 && <p class="quiet">No difference.</p>}
      <Names label={`only in ${diff.b.version}`} names={appeared.map(told)} />
      <Names label={`only in ${diff.a.version}`} names={gone.map(told)} />
    </Section>
  );
}

// Two versions side by side: is the new one better, and because of what?
export function DiffPage({ task, a, b }: Props) {
  const query = new URLSearchParams({ a, b }).toString();
  const loaded = useLoaded<ModelDiff>(`/api/v1/models/${encodeURIComponent(task)}/diff?${query}`);
  return (
    <Page
      title={`${task}: ${a} and ${b}`}
      lead={
        loaded.data && (
          <>
            <Side version={loaded.data.a} /> against <Side version={loaded.data.b} />
          </>
        )
      }
    >
      <Answer of={loaded} rows={8}>
        {(diff) => {
          const sides = { before: diff.a.version, after: diff.b.version };
          return (
            <>
              <Section title="Metrics" note="each on the held-out patients of its own run">
                <DifferenceTable label="Metrics" {...sides} rows={diff.metrics} />
              </Section>
              <Section
                title="Data"
                note={diff.data.same_snapshot ? 'the same rows' : 'not the same rows'}
              >
                <DifferenceTable label="Data" {...sides} rows={diff.data.differences} />
              </Section>
              <Features diff={diff} />
              <Section title="Training">
                <DifferenceTable label="Training" {...sides} rows={diff.training} />
              </Section>
              <Section title="Parameters">
                <DifferenceTable label="Parameters" {...sides} rows={diff.parameters} />
              </Section>
              <Findings diff={diff} />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
