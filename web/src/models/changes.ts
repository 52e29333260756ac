// What can be done with a version, by its state: the words of the button and of its dialog.
import type { ModelVersion } from '../api/types';

export interface Change {
  name: 'activate' | 'approve' | 'challenge' | 'retire' | 'rollback';
  button: string;
  title: string;
  explanation: string;
}

const activate = ({ task, variant, version }: ModelVersion): Change => ({
  name: 'activate',
  button: 'Put in service',
  title: `Put ${version} in service?`,
  explanation: `From now on ${version} answers for ${task} / ${variant}; the version in service is retired.`,
});

const approve = ({ version }: ModelVersion, needed: number): Change => ({
  name: 'approve',
  button: 'Approve',
  title: `Approve ${version}?`,
  explanation:
    needed > 1
      ? `${needed} persons must approve before it can be put in service; each counts once.`
      : 'Your approval is kept with the version. It does not serve before it is put in service.',
});

const challenge = ({ task, variant, version }: ModelVersion): Change => ({
  name: 'challenge',
  button: 'Run in shadow',
  title: `Run ${version} in shadow?`,
  explanation: `${version} becomes the challenger of ${task} / ${variant}: it serves nobody. A challenger before it is retired.`,
});

const retire = ({ version }: ModelVersion): Change => ({
  name: 'retire',
  button: 'Retire',
  title: `Retire ${version}?`,
  explanation: `${version} is kept, out of the way. It can be put in service later all the same.`,
});

const rollback = ({ task, variant, version }: ModelVersion): Change => ({
  name: 'rollback',
  button: 'Roll back',
  title: `Roll ${task} / ${variant} back?`,
  explanation: `The version that served before ${version} answers again from now on; ${version} is retired.`,
});

// The first is what is most likely wanted. A fixture is for tests: it can only be retired.
export function changesFor(model: ModelVersion, given: number, needed: number): Change[] {
  if (model.state === 'champion') return [rollback(model)];
  const leave = model.state === 'retired' ? [] : [retire(model)];
  if (model.fixture) return leave;
  const shadow = model.state === 'challenger' ? [] : [challenge(model)];
  const missing = needed > 1 && given < needed;
  if (missing) return [approve(model, needed), ...shadow, ...leave];
  const more = model.state === 'candidate' ? [approve(model, needed)] : [];
  return [activate(model), ...more, ...shadow, ...leave];
}
