/** A table of a Markdown document; cells as they are written. */
export interface MarkdownTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a Markdown document, in order. */
export function tablesIn(markdown: string): MarkdownTable[] {
  const blocks = markdown.match(/(?:^\|.*\|\n)+/gm) ?? [];
  return blocks.map((block) => {
    const [header = [], , ...rows] = block.trimEnd().split('\n').map(cellsOf);
    return { header, rows };
  });
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

/** The text of a cell, without the marks of code and links. */
export function cellText(cell = ''): string {
  return cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
