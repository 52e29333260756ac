import type { Approvals } from '../api/report_types';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';

const columns: Column<Approvals['given'][number]>[] = [
  { head: 'By', names: true, cell: (one) => one.actor },
  { head: 'When', cell: (one) => <When iso={one.at} /> },
  { head: 'Reason', wide: true, cell: (one) => one.reason },
];

// Who approved this version; nothing where nobody did and nobody must.
export function ApprovalList({ approvals }: { approvals: Approvals }) {
  const { given, needed } = approvals;
  if (given.length === 0 && needed < 2) return null;
  return (
    <Section
      title="Approvals"
      note={needed > 1 ? `${given.length} of ${needed} persons` : 'not required by this task'}
    >
      {given.length > 0 ? (
        <Table label="Approvals" columns={columns} rows={given} keyOf={(one) => one.actor} />
      ) : (
        <p class="quiet">Nobody approved it yet.</p>
      )}
    </Section>
  );
}
