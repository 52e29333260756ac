import type { ComponentChildren } from 'preact';
import { DataTable } from '../parts/data_table';
import type { TableData } from '../words/csv';

interface Props {
  title: string;
  term?: string;
  note?: ComponentChildren;
  table: TableData;
  children: ComponentChildren;
}

// A chart with what it says in words above it and its numbers below.
export function ChartFigure({ title, term, note, table, children }: Props) {
  return (
    <figure class="chart">
      <figcaption>
        <h3 title={term}>{title}</h3>
        {note && <p class="quiet">{note}</p>}
      </figcaption>
      {children}
      <DataTable label={title} table={table} />
    </figure>
  );
}
