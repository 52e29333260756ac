import type { Status } from '../api/types';
import { Section } from '../parts/section';
import { TableFrame } from '../parts/table_frame';
import { count } from '../words/figures';

export function Tables({ tables }: { tables: Status['tables'] }) {
  return (
    <Section title="Tables">
      {tables.length === 0 ? (
        <p class="notice">
          No table is built yet. Bring data in: <code>codman ingest synthetic</code>
        </p>
      ) : (
        <TableFrame label="Tables">
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col" class="number">
                Rows
              </th>
              <th scope="col" class="number">
                Version
              </th>
            </tr>
          </thead>
          <tbody>
            {tables.map((table) => (
              <tr key={table.name}>
                <th scope="row">{table.name}</th>
                <td class="number">{count(table.rows)}</td>
                <td class="number">{table.version}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Section>
  );
}
