const words: Record<string, string> = {
  champion: 'in service',
  challenger: 'in shadow',
  approved: 'approved',
  candidate: 'candidate',
  retired: 'retired',
};

// A model version's state in the registry, in plain words; the registry's own word on hover.
export function StateMark({ state }: { state: string }) {
  return (
    <span class={`state state-${state}`} title={`registry state: ${state}`}>
      {words[state] ?? state}
    </span>
  );
}
