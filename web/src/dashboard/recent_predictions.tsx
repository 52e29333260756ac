import type { PastPrediction } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { modelPath } from '../app/route';
import { Answer } from '../parts/answer';
import { BandMark } from '../parts/band';
import { Link } from '../parts/link';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { When } from '../parts/when';
import { percent } from '../words/figures';

function Row({ of }: { of: PastPrediction }) {
  return (
    <tr>
      <td>
        <When iso={of.predicted_at} />
      </td>
      <td>{of.task}</td>
      <td class="number strong">{percent(of.risk)}</td>
      <td>
        <BandMark band={of.band} />
      </td>
      <td>{of.alert ? 'alert' : <span class="quiet">no alert</span>}</td>
      <td>
        <Link href={modelPath(of.task, of.version)}>{of.version}</Link>
      </td>
      <td>
        <code>{of.id}</code>
      </td>
    </tr>
  );
}

export function RecentPredictions() {
  const loaded = useLoaded<{ predictions: PastPrediction[] }>('/api/v1/predictions?limit=12', 60);
  return (
    <Section title="Recent predictions">
      <Answer of={loaded}>
        {({ predictions }) =>
          predictions.length === 0 ? (
            <p class="notice">
              Nothing was predicted yet. <Link href="/predict">Predict for a patient</Link>.
            </p>
          ) : (
            <TableFrame label="Recent predictions">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Question</th>
                  <th scope="col" class="number">
                    Risk
                  </th>
                  <th scope="col">Band</th>
                  <th scope="col">Alert</th>
                  <th scope="col">Model</th>
                  <th scope="col">Number</th>
                </tr>
              </thead>
              <tbody>
                {predictions.map((one) => (
                  <Row key={one.id} of={one} />
                ))}
              </tbody>
            </TableFrame>
          )
        }
      </Answer>
    </Section>
  );
}
