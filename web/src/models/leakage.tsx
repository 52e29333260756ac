import type { Report } from '../api/report_types';
import { Section } from '../parts/section';

const words: Record<string, string> = { pass: 'passed', warning: 'look here', block: 'blocks' };
const marks: Record<string, string> = { pass: '✓', warning: '▲', block: '✕' };

// What would make the model look better than it will be, and whether it was found.
export function Leakage({ report }: { report: Report }) {
  const findings = report.leakage ?? [];
  if (findings.length === 0) return null;
  return (
    <Section title="Leakage audit" note="checks for information a model could not have had">
      <ul class="findings">
        {findings.map((finding, at) => (
          <li key={at} class={`finding-${finding.severity}`}>
            <span class="finding-mark">
              <span aria-hidden="true">{marks[finding.severity] ?? '·'}</span>{' '}
              {words[finding.severity] ?? finding.severity}
            </span>
            <span>
              <b>
                {finding.check.replaceAll('_', ' ')}
                {finding.subject && `: ${finding.subject}`}
              </b>{' '}
              {finding.message}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
