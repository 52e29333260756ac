import type { Report } from '../api/report_types';
import { CoverageChart } from './coverage_chart';
import { ResidualChart } from './residual_chart';
import { ScatterChart } from './scatter_chart';

// The charts of a model of an amount; nothing for other models.
export function AmountCharts({ report }: { report: Report }) {
  if (!report.regression) return null;
  const unit = report.unit ?? '';
  return (
    <>
      {report.scatter && (
        <ScatterChart scatter={report.scatter} deciles={report.deciles ?? []} unit={unit} />
      )}
      {report.residuals && <ResidualChart residuals={report.residuals} unit={unit} />}
      {report.interval && (
        <CoverageChart
          deciles={report.deciles ?? []}
          nominal={report.interval['nominal'] as number}
          unit={unit}
        />
      )}
    </>
  );
}
