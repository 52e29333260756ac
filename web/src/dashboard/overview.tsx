import type { Status } from '../api/types';
import { Figure } from '../parts/figure';
import { When } from '../parts/when';
import { count, percent } from '../words/figures';

export function Overview({ status }: { status: Status }) {
  const { data, predictions } = status;
  return (
    <dl class="figures">
      <Figure
        label="Patients"
        value={count(data.patients)}
        note={`${count(data.encounters)} stays`}
      />
      <Figure
        label="Measurements"
        value={count(data.measurements)}
        note={
          data.newest_received ? (
            <>
              newest received <When iso={data.newest_received} as="age" />
            </>
          ) : (
            data.measurements === 0 && 'none received yet'
          )
        }
      />
      <Figure
        label="Predictions today"
        value={count(predictions.today)}
        note={`${count(predictions.total)} in all`}
      />
      <Figure
        label="Data quality"
        term="share of records that passed every rule"
        value={percent(data.quality_score)}
        note={`${count(data.quarantined)} set aside, ${count(data.duplicates)} seen twice`}
      />
    </dl>
  );
}
