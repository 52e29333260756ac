import type { UnmappedCode } from '../api/types';
import { Table, type Column } from '../parts/table';
import { count, measured } from '../words/figures';

const columns: Column<UnmappedCode>[] = [
  { head: 'Code', names: true, cell: (code) => <code>{code.code}</code> },
  { head: 'Source', cell: (code) => code.source },
  { head: 'Unit', cell: (code) => code.unit || '–' },
  { head: 'Count', number: true, cell: (code) => count(code.count) },
  { head: 'Patients', number: true, cell: (code) => count(code.subjects) },
  { head: '5th percentile', number: true, cell: (code) => measured(code.p05) },
  { head: 'Median', number: true, cell: (code) => measured(code.median) },
  { head: '95th percentile', number: true, cell: (code) => measured(code.p95) },
  {
    head: 'Perhaps',
    cell: (code) => (code.suggested ? <span title={code.because}>{code.suggested}</span> : '–'),
  },
];

export function Codes({ codes }: { codes: UnmappedCode[] }) {
  if (codes.length === 0) return <p class="notice">Every code that came is claimed by a concept.</p>;
  return (
    <Table
      label="Codes without a concept"
      columns={columns}
      rows={codes}
      keyOf={(code) => `${code.source}/${code.code}/${code.unit}`}
    />
  );
}
