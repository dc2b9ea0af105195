const INDENT = '  ';

/** Writes maps, lists and scalars as YAML, in block style; strings of several lines as literal blocks. */
export function toYaml(value, depth = 0) {
  const indent = INDENT.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indent}- ${itemOf(item, depth + 1)}`).join('')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    if (entries.length === 0) return ' {}\n';
    return `\n${entries.map(([key, field]) => `${indent}${key}:${toYaml(field, depth + 1)}`).join('')}`;
  }
  return ` ${scalarOf(value, indent)}\n`;
}

/** A list's item: its first line stands behind the dash. */
const itemOf = (item, depth) => toYaml(item, depth).replace(/^\n? */, '');

function scalarOf(value, indent) {
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n')) return `|-\n${value.replaceAll(/^/gm, indent)}`;
  return /^[\w./-]+$/.test(value) && Number.isNaN(Number(value)) ? value : JSON.stringify(value);
}
