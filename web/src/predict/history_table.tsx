import { BandMark } from '../parts/band';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { headlineWords } from './headline';
import { made, type Made } from './session_history';

interface Props {
  task: string;
  shown: string;
  onShow: (one: Made) => void;
}

function columnsFor(onShow: (one: Made) => void): Column<Made>[] {
  return [
    { head: 'When', cell: (one) => <When iso={one.prediction.predicted_at} /> },
    { head: 'Patient', cell: (one) => one.from },
    { head: 'Model', cell: (one) => one.prediction.model.version },
    { head: 'Answer', number: true, cell: (one) => <b>{headlineWords(one.prediction)}</b> },
    {
      head: 'Band',
      cell: (one) => (one.prediction.band ? <BandMark band={one.prediction.band} /> : '–'),
    },
    {
      head: 'Look',
      cell: (one) => (
        <button type="button" class="quiet-button" onClick={() => onShow(one)}>
          Show<span class="hidden"> prediction {one.prediction.id}</span>
        </button>
      ),
    },
  ];
}

export function HistoryTable({ task, shown, onShow }: Props) {
  const rows = made.value.filter((one) => one.prediction.task === task);
  if (rows.length === 0) return null;
  return (
    <Section
      title="This session"
      note="gone when the page is closed; the program keeps every prediction"
    >
      <Table
        label="Predictions of this session"
        columns={columnsFor(onShow)}
        rows={rows}
        keyOf={(one) => one.prediction.id}
        chosen={(one) => one.prediction.id === shown}
      />
    </Section>
  );
}
