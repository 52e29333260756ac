import type { PredictionList } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Link } from '../parts/link';
import { Section } from '../parts/section';
import { PredictionTable } from '../predictions/prediction_table';

export function RecentPredictions() {
  const loaded = useLoaded<PredictionList>('/api/v1/predictions?limit=12', 60);
  return (
    <Section title="Recent predictions" note={<Link href="/predictions">all</Link>}>
      <Answer of={loaded}>
        {({ predictions }) =>
          predictions.length === 0 ? (
            <p class="notice">
              Nothing was predicted yet. <Link href="/predict">Predict for a patient</Link>.
            </p>
          ) : (
            <PredictionTable label="Recent predictions" rows={predictions} />
          )
        }
      </Answer>
    </Section>
  );
}
