import type { Report } from '../api/report_types';
import { Section } from '../parts/section';
import { SearchTries } from '../parts/search_tries';
import { AlertBurden } from './alert_burden';
import { AmountCharts } from './amount_charts';
import { CalibrationChart } from './calibration_chart';
import { ClassSections } from './class_sections';
import { Comparators } from './comparators';
import { DecisionChart } from './decision_chart';
import { GroupTable } from './group_table';
import { Headline } from './headline';
import { Importance } from './importance';
import { Leakage } from './leakage';
import { PrChart } from './pr_chart';
import { RocChart } from './roc_chart';
import { Subgroups } from './subgroups';

interface Props {
  report: Report;
  serving: number | null;
}

// `serving`: the threshold of the registered model, which may be another than the one that was
// judged.
export function ReportSections({ report, serving }: Props) {
  const warnings = report.warnings ?? [];
  return (
    <>
      <Section title="How good it is" note="on patients the model never saw">
        <Headline report={report} serving={serving} />
        {warnings.length > 0 && (
          <div class="notice warn">
            <h3>Read with care</h3>
            <ul>
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </div>
        )}
        <div class="charts">
          <RocChart report={report} />
          <PrChart report={report} />
          <CalibrationChart calibration={report.calibration} />
          <DecisionChart report={report} />
          <AmountCharts report={report} />
        </div>
      </Section>
      <ClassSections report={report} />
      {report.alert_burden && report.alert_burden.curve.length > 0 && (
        <AlertBurden data={report.alert_burden} />
      )}
      <Importance report={report} />
      <Comparators report={report} />
      {report.discrimination ? <Subgroups report={report} /> : <GroupTable report={report} />}
      <SearchTries searches={report.search} />
      <Leakage report={report} />
    </>
  );
}
