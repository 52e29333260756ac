import type { LineageTree as Tree } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { tablePath } from '../app/route';
import { Answer } from '../parts/answer';
import { Link } from '../parts/link';
import { When } from '../parts/when';
import { count } from '../words/figures';
import { thingWords } from './place_words';

function Branch({ of }: { of: Tree }) {
  const children = of.from ?? of.into ?? [];
  return (
    <li>
      {/^(bronze|silver|gold)\./.test(of.name) ? (
        <Link href={tablePath(of.name)}>{of.name}</Link>
      ) : (
        <span title={of.name}>{thingWords(of.name)}</span>
      )}{' '}
      <span class="quiet">
        {of.version >= 0 && !of.name.includes(' ') && `version ${of.version}`}
        {of.rows > 0 && ` · ${count(of.rows)} rows`}
        {of.made_by && (
          <>
            {' '}
            · {of.made_by.job}, <When iso={of.made_by.at} />
          </>
        )}
        {of.shown && ' · as above'}
      </span>
      {children.length > 0 && (
        <ul>
          {children.map((child, at) => (
            <Branch key={at} of={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

// What a thing was made from, or what was made from it, as far as it is recorded.
export function LineageTree({ name, direction }: { name: string; direction: 'back' | 'forward' }) {
  const loaded = useLoaded<Tree>(
    `/api/v1/lineage/${encodeURIComponent(name)}?direction=${direction}`,
  );
  return (
    <Answer of={loaded}>
      {(tree) =>
        (tree.from ?? tree.into ?? []).length === 0 ? (
          <p class="quiet">Nothing is recorded.</p>
        ) : (
          <ul class="lineage-tree">
            <Branch of={tree} />
          </ul>
        )
      }
    </Answer>
  );
}
