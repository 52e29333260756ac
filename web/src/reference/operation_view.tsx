import { useState } from 'preact/hooks';
import { Table, type Column } from '../parts/table';
import { fieldsOf, type Field, type OpenApi, type Operation } from './openapi';
import { TryIt } from './try_it';

const fieldColumns: Column<Field>[] = [
  {
    head: 'Field',
    names: true,
    cell: (field) => (
      <>
        <code>{field.name}</code>
        {field.required && <span class="quiet"> required</span>}
      </>
    ),
  },
  { head: 'Type', cell: (field) => field.type },
  { head: 'What', wide: true, cell: (field) => field.note },
];

function Fields({ label, of, fields }: { label: string; of: Operation; fields: Field[] }) {
  if (fields.length === 0) return null;
  return (
    <>
      <h3>{label}</h3>
      <Table
        label={`${label} of ${of.id}`}
        columns={fieldColumns}
        rows={fields}
        keyOf={(field) => field.name}
      />
    </>
  );
}

function Details({ document, operation }: { document: OpenApi; operation: Operation }) {
  const parameters = operation.parameters.map((parameter) => ({
    name: parameter.name,
    required: parameter.required ?? false,
    type: fieldsOf(document, { properties: { it: parameter.schema ?? {} } })[0]?.type ?? '',
    note: parameter.description ?? '',
  }));
  return (
    <>
      <Fields label="Parameters" of={operation} fields={parameters} />
      <Fields label="Body" of={operation} fields={fieldsOf(document, operation.body)} />
      <Fields label="Answer" of={operation} fields={fieldsOf(document, operation.answer)} />
      <h3>Statuses</h3>
      <ul class="statuses">
        {operation.statuses.map(([status, words]) => (
          <li key={status}>
            <b>{status}</b> {words}
          </li>
        ))}
      </ul>
      <h3>Try it</h3>
      <TryIt operation={operation} />
    </>
  );
}

// One line per operation; everything about it when it is opened.
export function OperationView({
  document,
  operation,
}: {
  document: OpenApi;
  operation: Operation;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details class="operation" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="method">{operation.method}</span> <code>{operation.path}</code>{' '}
        <span class="quiet">
          {operation.summary}
          {operation.open && ' (open to all)'}
        </span>
      </summary>
      {open && <Details document={document} operation={operation} />}
    </details>
  );
}
