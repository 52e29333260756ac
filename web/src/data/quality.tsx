import type { FeedQuality, QualityReport } from '../api/types';
import { Figure } from '../parts/figure';
import { Table, type Column } from '../parts/table';
import { count, percent } from '../words/figures';

const columns: Column<FeedQuality>[] = [
  { head: 'Feed', names: true, cell: (feed) => feed.feed },
  { head: 'Source', cell: (feed) => feed.source },
  { head: 'Records', number: true, cell: (feed) => count(feed.records) },
  { head: 'Measurements', number: true, cell: (feed) => count(feed.measurements) },
  { head: 'Stored', number: true, cell: (feed) => count(feed.stored) },
  {
    head: 'Superseded',
    title: 'stored values that a later correction took the place of',
    number: true,
    cell: (feed) => count(feed.superseded),
  },
  { head: 'Duplicates', number: true, cell: (feed) => count(feed.duplicates) },
  { head: 'Quarantined', number: true, cell: (feed) => count(feed.quarantined) },
  {
    head: 'Score',
    title: '1 − quarantined / measurements',
    number: true,
    cell: (feed) => percent(feed.score),
  },
  {
    head: 'Completeness',
    title: 'pairs of patient and concept with a value, of all such pairs of the feed',
    number: true,
    cell: (feed) => percent(feed.completeness),
  },
];

export function Quality({ report }: { report: QualityReport }) {
  const all = report.overall;
  return (
    <>
      <dl class="figures headline">
        <Figure label="Measurements" value={count(all.measurements)} note="that came in" />
        <Figure label="Stored" value={count(all.stored)} note={`${count(all.superseded)} superseded`} />
        <Figure label="Duplicates" value={count(all.duplicates)} note="not stored twice" />
        <Figure label="Quarantined" value={count(all.quarantined)} note="with reason and place" />
        <Figure label="Score" value={percent(all.score)} note="share that passed every check" />
      </dl>
      <Table
        label="Quality by feed"
        columns={columns}
        rows={report.feeds}
        keyOf={(feed) => `${feed.source}/${feed.feed}`}
      />
    </>
  );
}
