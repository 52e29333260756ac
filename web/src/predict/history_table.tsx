import { BandMark } from '../parts/band';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { When } from '../parts/when';
import { percent } from '../words/figures';
import { made, type Made } from './session_history';

interface Props {
  task: string;
  shown: string;
  onShow: (one: Made) => void;
}

export function HistoryTable({ task, shown, onShow }: Props) {
  const rows = made.value.filter((one) => one.prediction.task === task);
  if (rows.length === 0) return null;
  return (
    <Section
      title="This session"
      note="gone when the page is closed; the program keeps every prediction"
    >
      <TableFrame label="Predictions of this session">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Patient</th>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Risk
            </th>
            <th scope="col">Band</th>
            <th scope="col">
              <span class="hidden">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.prediction.id} class={one.prediction.id === shown ? 'chosen' : undefined}>
              <td>
                <When iso={one.prediction.predicted_at} />
              </td>
              <td>{one.from}</td>
              <td>{one.prediction.model.version}</td>
              <td class="number strong">{percent(one.prediction.risk)}</td>
              <td>
                <BandMark band={one.prediction.band} />
              </td>
              <td>
                <button type="button" class="quiet-button" onClick={() => onShow(one)}>
                  Show<span class="hidden"> prediction {one.prediction.id}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Section>
  );
}
