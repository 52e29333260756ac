import type { LineageAnswer, QualityReport, TableEntry, UnmappedCode } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { Codes } from './codes';
import { LineageGraph } from './lineage_graph';
import { Quality } from './quality';
import { Quarantine } from './quarantine';
import { Tables } from './tables';

export function DataPage() {
  const tables = useLoaded<{ tables: TableEntry[] }>('/api/v1/data/tables');
  const quality = useLoaded<QualityReport>('/api/v1/data/quality');
  const codes = useLoaded<{ codes: UnmappedCode[] }>('/api/v1/data/codes/unmapped');
  const lineage = useLoaded<LineageAnswer>('/api/v1/lineage');
  return (
    <Page title="Data" lead="What came in, what became of it, and what was made from it.">
      <Section title="Quality">
        <Answer of={quality}>{(report) => <Quality report={report} />}</Answer>
      </Section>
      <Section title="Tables" note="as received, checked, made for people and models">
        <Answer of={tables} rows={8}>
          {(answer) => <Tables tables={answer.tables} />}
        </Answer>
      </Section>
      <Section title="Quarantine" note="refused, with reason and place; nothing is lost">
        <Quarantine />
      </Section>
      <Section title="Codes without a concept" note="kept under the source's code until mapped">
        <Answer of={codes}>{(answer) => <Codes codes={answer.codes} />}</Answer>
      </Section>
      <Section title="Lineage" note="files, tables and models in the order they were made">
        <Answer of={lineage} rows={6}>
          {(graph) => <LineageGraph graph={graph} />}
        </Answer>
      </Section>
    </Page>
  );
}
