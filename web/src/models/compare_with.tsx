import type { ModelVersion, TaskModels } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { diffPath } from '../app/route';
import { Link } from '../parts/link';
import { Section } from '../parts/section';
import { StateMark } from '../parts/state_mark';

const shown = 8;

// The versions that this one can be held against, the champion of its variant first.
export function CompareWith({ model }: { model: ModelVersion }) {
  const { data } = useLoaded<TaskModels>(`/api/v1/models/${encodeURIComponent(model.task)}`);
  const near = (other: ModelVersion): number =>
    (other.variant === model.variant ? 0 : 2) + (other.state === 'champion' ? 0 : 1);
  const others = (data?.versions ?? [])
    .filter(({ version }) => version !== model.version)
    .toSorted((a, b) => near(a) - near(b))
    .slice(0, shown);
  if (others.length === 0) return null;
  return (
    <Section title="Compare" note="data, features, parameters, metrics, findings">
      <ul class="plain">
        {others.map((other) => (
          <li key={other.version}>
            <Link href={diffPath(model.task, other.version, model.version)}>
              with {other.version}
            </Link>{' '}
            <StateMark state={other.state} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
