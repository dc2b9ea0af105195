import type { Filter } from './filter';
import type { IndexedPerson, SearchIndex } from './search-index';

/** All people the filter matches, in the order of their creation. */
export function findPeople(index: SearchIndex, filter: Filter): IndexedPerson[] {
  return [...cioIdsOf(index, filter)]
    .map((cioId) => index.get(cioId))
    .filter((person) => person !== undefined)
    .sort((a, b) => a.seq - b.seq);
}

function cioIdsOf(index: SearchIndex, node: Filter): ReadonlySet<string> {
  if ('attribute' in node) {
    const condition = node.attribute;
    return condition.operator === 'eq'
      ? index.equal(condition.field, String(condition.value))
      : index.having(condition.field);
  }
  if ('not' in node) {
    const excluded = cioIdsOf(index, node.not);
    return new Set([...index.all()].filter((cioId) => !excluded.has(cioId)));
  }
  if ('or' in node) return new Set(node.or.flatMap((child) => [...cioIdsOf(index, child)]));
  const [first, ...others] = node.and.map((child) => cioIdsOf(index, child)).sort((a, b) => a.size - b.size);
  return new Set([...(first ?? [])].filter((cioId) => others.every((other) => other.has(cioId))));
}
