import type { JSX } from 'preact';
import { parseMarkdown, type Block, type Span } from '../words/markdown';
import { TableFrame } from './table_frame';

function Spans({ of }: { of: Span[] }) {
  return (
    <>
      {of.map((span, at) => {
        if (span.kind === 'bold') return <b key={at}>{span.text}</b>;
        if (span.kind === 'code') return <code key={at}>{span.text}</code>;
        return span.text;
      })}
    </>
  );
}

// Headings begin at h3: the page has its h1, the section its h2. The document's own title is left
// out for the same reason.
function Heading({ level, spans }: { level: number; spans: Span[] }) {
  return level <= 2 ? (
    <h3>
      <Spans of={spans} />
    </h3>
  ) : (
    <h4>
      <Spans of={spans} />
    </h4>
  );
}

interface TableProps {
  block: Extract<Block, { kind: 'table' }>;
  place: number; // in the document: no two tables have the same name
}

function Table({ block, place }: TableProps) {
  return (
    <TableFrame label={`Table of the text, block ${place + 1}`}>
      <thead>
        <tr>
          {block.head.map((cell, at) =>
            cell.length === 0 ? (
              <td key={at} />
            ) : (
              <th key={at} scope="col">
                <Spans of={cell} />
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, column) => (
              <td key={column}>
                <Spans of={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function draw(block: Block, key: number): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return <Heading key={key} level={block.level} spans={block.spans} />;
    case 'paragraph':
      return (
        <p key={key}>
          <Spans of={block.spans} />
        </p>
      );
    case 'code':
      return (
        <pre key={key} tabIndex={0}>
          {block.text}
        </pre>
      );
    case 'list':
      return (
        <ul key={key}>
          {block.items.map((item, at) => (
            <li key={at}>
              <Spans of={item} />
            </li>
          ))}
        </ul>
      );
    case 'table':
      return <Table key={key} block={block} place={key} />;
  }
}

export function Markdown({ text }: { text: string }) {
  const blocks = parseMarkdown(text).filter((block) => block.kind !== 'heading' || block.level > 1);
  return <div class="prose">{blocks.map(draw)}</div>;
}
