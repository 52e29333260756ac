import type { Feature, Schema } from '../api/types';
import { featuresOf, type Entries } from './entries';
import { FeatureField } from './feature_field';

interface Props {
  schema: Schema;
  entries: Entries;
  errors: Record<string, string>;
  onInput: (feature: Feature, text: string) => void;
  onLeave: (feature: Feature) => void;
}

export function FeatureGroups({ schema, entries, errors, onInput, onLeave }: Props) {
  const field = (feature: Feature) => (
    <FeatureField
      key={feature.id}
      feature={feature}
      entry={entries[feature.id]}
      error={errors[feature.id] ?? ''}
      onInput={(text) => onInput(feature, text)}
      onLeave={() => onLeave(feature)}
    />
  );
  const derived = featuresOf(schema).filter((feature) => feature.derived);
  const wrong = derived.some((feature) => errors[feature.id]);
  return (
    <>
      <div class="groups">
        {schema.groups.map((group) => {
          const given = group.features.filter((feature) => !feature.derived);
          return (
            given.length > 0 && (
              <fieldset key={group.name} class="group">
                <legend>{group.name}</legend>
                {given.map(field)}
              </fieldset>
            )
          );
        })}
      </div>
      {derived.length > 0 && (
        <details class="group-derived" open={wrong || undefined}>
          <summary>Scores and ratios, computed when left empty</summary>
          <div class="groups">
            <fieldset class="group">
              <legend class="hidden">Scores and ratios</legend>
              {derived.map(field)}
            </fieldset>
          </div>
        </details>
      )}
    </>
  );
}
