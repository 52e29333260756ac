// The part of Markdown that model cards use, as data: headings, paragraphs, lists, tables, code,
// **bold** and `code`.
export type Span = { kind: 'text' | 'bold' | 'code'; text: string };

export type Block =
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'list'; items: Span[][] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: Span[][]; rows: Span[][][] };

export function parseSpans(text: string): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (const match of text.matchAll(/\*\*(.+?)\*\*|`([^`]+)`/g)) {
    if (match.index > last) spans.push({ kind: 'text', text: text.slice(last, match.index) });
    if (match[1] !== undefined) spans.push({ kind: 'bold', text: match[1] });
    else spans.push({ kind: 'code', text: match[2] ?? '' });
    last = match.index + match[0].length;
  }
  if (last < text.length) spans.push({ kind: 'text', text: text.slice(last) });
  return spans;
}

function cells(line: string): Span[][] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => parseSpans(cell.trim()));
}

const isRule = (line: string | undefined): boolean =>
  line !== undefined && line.includes('-') && /^\s*\|?[\s:|-]+\|?\s*$/.test(line);

const startsBlock = (line: string): boolean =>
  /^(#{1,6} |- |\* |```|\|)/.test(line) || line.trim() === '';

// Takes the lines of one kind from `at` on; gives the first line that is not of it.
function takeWhile(lines: string[], at: number, keep: (line: string) => boolean): number {
  let end = at;
  while (end < lines.length && keep(lines[end] ?? '')) ++end;
  return end;
}

export function parseMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (line.trim() === '') {
      ++at;
    } else if (heading) {
      blocks.push({
        kind: 'heading',
        level: heading[1]?.length ?? 1,
        spans: parseSpans(heading[2] ?? ''),
      });
      ++at;
    } else if (line.startsWith('```')) {
      const end = takeWhile(lines, at + 1, (next) => !next.startsWith('```'));
      blocks.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n') });
      at = end + 1;
    } else if (/^[-*] /.test(line)) {
      const end = takeWhile(lines, at, (next) => /^[-*] /.test(next));
      blocks.push({
        kind: 'list',
        items: lines.slice(at, end).map((item) => parseSpans(item.slice(2))),
      });
      at = end;
    } else if (line.startsWith('|') && isRule(lines[at + 1])) {
      const end = takeWhile(lines, at, (next) => next.startsWith('|'));
      blocks.push({ kind: 'table', head: cells(line), rows: lines.slice(at + 2, end).map(cells) });
      at = end;
    } else {
      const end = takeWhile(lines, at + 1, (next) => !startsBlock(next));
      blocks.push({ kind: 'paragraph', spans: parseSpans(lines.slice(at, end).join(' ')) });
      at = end;
    }
  }
  return blocks;
}
