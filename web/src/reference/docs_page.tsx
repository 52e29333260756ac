import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { operationsOf, type OpenApi, type Operation } from './openapi';
import { OperationView } from './operation_view';

const order = ['Predict', 'Predictions', 'Questions', 'Models', 'Data', 'Program'];

function Groups({ document }: { document: OpenApi }) {
  const groups = Map.groupBy(operationsOf(document), (one: Operation) => one.group);
  return (
    <>
      <p class="quiet">
        Programs send the key: <code>curl -H @codman-data/secrets/auth_header …</code>. This page
        sends its own session. The document behind it: <a href="/openapi.json">/openapi.json</a>{' '}
        (OpenAPI 3.1).
      </p>
      {order
        .filter((group) => groups.has(group))
        .map((group) => (
          <Section key={group} title={group}>
            {(groups.get(group) ?? []).map((operation) => (
              <OperationView key={operation.id} document={document} operation={operation} />
            ))}
          </Section>
        ))}
    </>
  );
}

export function DocsPage() {
  const loaded = useLoaded<OpenApi>('/openapi.json');
  return (
    <Page title="API" lead="Every address the program answers, to read and to try.">
      <Answer of={loaded} rows={10}>
        {(document) => <Groups document={document} />}
      </Answer>
    </Page>
  );
}
