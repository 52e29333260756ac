import type { ModelPage } from '../api/report_types';
import { useLoaded } from '../api/use_loaded';
import { predictPath, tryPath } from '../app/route';
import { Answer } from '../parts/answer';
import { Link } from '../parts/link';
import { Markdown } from '../parts/markdown';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { StateMark } from '../parts/state_mark';
import { When } from '../parts/when';
import { ApprovalList } from './approval_list';
import { ChangeButtons } from './change_buttons';
import { CompareWith } from './compare_with';
import { Manifest } from './manifest';
import { OutOfFold } from './out_of_fold';
import { ReportSections } from './report_sections';
import { ShadowReport } from './shadow_report';

interface Props {
  task: string;
  version: string;
}

function servingThreshold(manifest: ModelPage['manifest']): number | null {
  const threshold = manifest?.['threshold'];
  return typeof threshold === 'number' ? threshold : null;
}

function Lead({ page }: { page: ModelPage }) {
  const { model } = page;
  return (
    <>
      <StateMark state={model.state} /> · trained on {model.source},{' '}
      <When iso={model.created_at} as="day" />
      {model.synthetic && ' · synthetic data, no claim of accuracy'}
    </>
  );
}

// One version of a model: what it is, how good it is, and whether it should serve.
export function VersionPage({ task, version }: Props) {
  const path = `/api/v1/models/${encodeURIComponent(task)}/${encodeURIComponent(version)}`;
  const loaded = useLoaded<ModelPage>(path);
  const page = loaded.data;
  return (
    <Page
      title={`${task} / ${version}`}
      lead={page && <Lead page={page} />}
      actions={
        page && (
          <>
            {page.model.state === 'champion' ? (
              <Link href={predictPath(task, page.model.variant)} class="button">
                Predict with it
              </Link>
            ) : (
              <Link href={tryPath(task, version)} class="button">
                Try it
              </Link>
            )}
            <a class="button" href={`${path}/report`} target="_blank" rel="noopener">
              Printable report
            </a>
            <ChangeButtons
              model={page.model}
              approvals={page.approvals}
              onChanged={loaded.reload}
            />
          </>
        )
      }
    >
      <Answer of={loaded} rows={8}>
        {({ model, approvals, report, card, manifest }) => (
          <>
            {model.fixture && (
              <p class="notice warn">
                A fixture: made for tests, never approved and never put in service.
              </p>
            )}
            <ApprovalList approvals={approvals} />
            <ShadowReport model={model} />
            {report ? (
              <ReportSections report={report} serving={servingThreshold(manifest)} />
            ) : (
              <p class="notice">This version has no evaluation.</p>
            )}
            {manifest && <OutOfFold model={model} manifest={manifest} />}
            <CompareWith model={model} />
            {card && (
              <Section title="Model card">
                <Markdown text={card} />
              </Section>
            )}
            {manifest && <Manifest manifest={manifest} />}
          </>
        )}
      </Answer>
    </Page>
  );
}
