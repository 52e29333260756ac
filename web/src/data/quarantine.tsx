import { useState } from 'preact/hooks';
import type { QuarantineAnswer, QuarantineCount, QuarantinePlace } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { count } from '../words/figures';
import { placeWords } from './place_words';
import { Redrive } from './redrive';

const perPage = 25;

const reasonWords: Record<string, string> = {
  unparsable: 'cannot be read',
  missing_subject: 'no patient',
  missing_time: 'no time',
  unknown_unit: 'unknown unit',
  ambiguous_unit: 'ambiguous unit',
  out_of_range: 'outside the plausible range',
  type_mismatch: 'not of its type',
  future_time: 'in the future',
  duplicate_conflict: 'contradicts another',
  unknown_code_strict: 'unknown code',
  phi_in_free_text: 'identifier in free text',
  schema_drift: 'the columns changed',
};

const wordOf = (reason: string) => <span title={reason}>{reasonWords[reason] ?? reason}</span>;

const placeColumns: Column<QuarantinePlace>[] = [
  {
    head: 'Place',
    names: true,
    cell: (place) => <code title={place.source_position}>{placeWords(place.source_position)}</code>,
  },
  { head: 'Field', cell: (place) => place.field || '–' },
  { head: 'Reason', cell: (place) => wordOf(place.reason) },
  { head: 'Received', cell: (place) => <When iso={place.received_time} /> },
];

interface Narrowed {
  feed: string;
  reason: string;
  field: string;
}

function Places({ of, page, onPage }: { of: Narrowed; page: number; onPage: (page: number) => void }) {
  const query = new URLSearchParams({ limit: String(perPage), offset: String(page * perPage) });
  for (const [name, value] of Object.entries(of)) if (value) query.set(name, value);
  const loaded = useLoaded<QuarantineAnswer>(`/api/v1/data/quarantine?${query}`);
  return (
    <Answer of={loaded} rows={6}>
      {({ places }) => (
        <>
          <Table
            label={`Places of ${of.reason} in ${of.feed}`}
            columns={placeColumns}
            rows={places}
            keyOf={(place) => `${place.source_position}/${place.field}/${place.reason}`}
          />
          <p class="older">
            <button type="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
              Newer
            </button>{' '}
            <button
              type="button"
              disabled={places.length < perPage}
              onClick={() => onPage(page + 1)}
            >
              Older
            </button>
          </p>
        </>
      )}
    </Answer>
  );
}

function countColumns(onOpen: (row: QuarantineCount) => void): Column<QuarantineCount>[] {
  return [
    { head: 'Reason', names: true, cell: (row) => wordOf(row.reason) },
    { head: 'Field', cell: (row) => row.field || '–' },
    { head: 'Feed', cell: (row) => row.feed },
    { head: 'Count', number: true, cell: (row) => count(row.count) },
    {
      head: 'Places',
      cell: (row) => (
        <button type="button" class="quiet-button" onClick={() => onOpen(row)}>
          Show<span class="hidden">{` ${row.reason} of ${row.field} in ${row.feed}`}</span>
        </button>
      ),
    },
  ];
}

// Reasons with their counts; the places of one of them below, page by page.
export function Quarantine() {
  const loaded = useLoaded<QuarantineAnswer>('/api/v1/data/quarantine?limit=1');
  const [open, setOpen] = useState<Narrowed | null>(null);
  const [page, setPage] = useState(0);
  const [all, setAll] = useState(false);
  return (
    <Answer of={loaded} rows={6}>
      {({ total, counts }) =>
        total === 0 ? (
          <p class="notice">Nothing is in quarantine.</p>
        ) : (
          <>
            <p class="found">
              {count(total)} refused, for {count(counts.length)} reasons by field and feed{' '}
              <Redrive onDone={loaded.reload} />
            </p>
            <Table
              label="Quarantine by reason"
              columns={countColumns(({ feed, reason, field }) => {
                setOpen({ feed, reason, field });
                setPage(0);
              })}
              rows={all ? counts : counts.slice(0, 12)}
              keyOf={(row) => `${row.feed}/${row.reason}/${row.field}`}
            />
            {!all && counts.length > 12 && (
              <p class="older">
                <button type="button" onClick={() => setAll(true)}>
                  Show all {count(counts.length)}
                </button>
              </p>
            )}
            {open && (
              <div class="places" role="status">
                <h3>
                  {reasonWords[open.reason] ?? open.reason}
                  {open.field && `: ${open.field}`} <span class="quiet">in {open.feed}</span>
                </h3>
                <Places of={open} page={page} onPage={setPage} />
              </div>
            )}
          </>
        )
      }
    </Answer>
  );
}
