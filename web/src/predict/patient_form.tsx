import { useState } from 'preact/hooks';
import type { Schema } from '../api/types';
import { entriesOf } from './entries';
import { ErrorSummary } from './error_summary';
import { FeatureGroups } from './feature_groups';
import { HistoryTable } from './history_table';
import { PasteDialog } from './paste_dialog';
import { Result } from './result';
import { usePredictForm } from './use_predict_form';

interface FillProps {
  schema: Schema;
  form: ReturnType<typeof usePredictForm>;
}

function FillBar({ schema, form }: FillProps) {
  const [pasting, setPasting] = useState(false);
  return (
    <div class="fill-bar">
      <span class="quiet" id="samples-label">
        Sample patients
      </span>
      <span role="group" aria-labelledby="samples-label" class="fill-samples">
        {(schema.samples ?? []).map((sample) => (
          <button
            key={sample.name}
            type="button"
            title={sample.description}
            onClick={() =>
              form.fill(entriesOf(schema, sample.features), sample.name.replaceAll('_', ' '))
            }
          >
            {sample.name.replaceAll('_', ' ')}
          </button>
        ))}
      </span>
      <span class="fill-others">
        <button type="button" class="quiet-button" onClick={() => setPasting(true)}>
          Paste JSON
        </button>
        <button type="button" class="quiet-button" onClick={() => form.fill({}, 'typed')}>
          Clear
        </button>
      </span>
      {pasting && (
        <PasteDialog
          schema={schema}
          onEntries={(entries) => form.fill(entries, 'pasted')}
          onClose={() => setPasting(false)}
        />
      )}
    </div>
  );
}

interface Props {
  schema: Schema;
  version?: string; // one that is not in service and is tried
}

export function PatientForm({ schema, version = '' }: Props) {
  const form = usePredictForm(schema, version);
  const submit = (event: Event): void => {
    event.preventDefault();
    void form.send();
  };
  return (
    <>
      <div class="predict">
        <form onSubmit={submit} noValidate aria-label="Values of the patient">
          <FillBar schema={schema} form={form} />
          {form.summary.length > 0 && <ErrorSummary errors={form.summary} />}
          <FeatureGroups
            schema={schema}
            entries={form.entries}
            errors={form.errors}
            onInput={form.type}
            onLeave={form.leave}
          />
          <div class="send-bar">
            <button type="submit" class="primary" disabled={form.busy}>
              {form.busy ? 'Predicting' : 'Predict'}
            </button>
            <span class="quiet">Leave empty what was not measured.</span>
          </div>
        </form>
        <div class="predict-result">
          {form.shown ? (
            <Result one={form.shown} changed={form.shown.entries !== form.entries} />
          ) : (
            <p class="notice">
              Fill in what is known, or choose a sample patient, then press Predict: the answer
              and its reasons appear here.
            </p>
          )}
        </div>
      </div>
      <HistoryTable task={schema.name} shown={form.shown?.prediction.id ?? ''} onShow={form.show} />
    </>
  );
}
