import { expect, it } from 'vitest';
import { parseMarkdown, parseSpans } from './markdown';

it('reads headings, paragraphs, lists, tables and code', () => {
  const text =
    '# A\n\none\ntwo\n\n- x\n- **y**\n\n| m | v |\n|---|---|\n| a | 1 |\n\n```json\n{\n}\n```\n';
  const blocks = parseMarkdown(text);
  expect(blocks.map((block) => block.kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'table',
    'code',
  ]);
  expect(blocks[1]).toEqual({ kind: 'paragraph', spans: [{ kind: 'text', text: 'one two' }] });
  expect(blocks[4]).toEqual({ kind: 'code', text: '{\n}' });
});

it('keeps markup of other kinds as text', () => {
  expect(parseSpans('<img src=x> **b** `c`')).toEqual([
    { kind: 'text', text: '<img src=x> ' },
    { kind: 'bold', text: 'b' },
    { kind: 'text', text: ' ' },
    { kind: 'code', text: 'c' },
  ]);
});

it('comes to an end on a table without a rule and on open code', () => {
  expect(parseMarkdown('| a |\ntext')).toHaveLength(1);
  expect(parseMarkdown('```\nopen')).toEqual([{ kind: 'code', text: 'open' }]);
});
