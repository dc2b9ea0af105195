import { Html, html } from './html';

/** One file without scripts and references, which prints in black on white. */
const STYLE = new Html(`
:root { color-scheme: light; --ink: #1c2430; --soft: #5b6675; --line: #d5dae1; --bar: #b3261e; --track: #eceff3; }
* { box-sizing: border-box; }
body { margin: 2rem auto; padding: 0 1.25rem; max-width: 60rem; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; }
.soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: .86em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.big { font-size: 2.6rem; font-weight: 700; line-height: 1.1; margin: 1rem 0 0; }
.track { background: var(--track); height: .75rem; min-width: 8rem; margin-top: .35rem; border-radius: 2px; overflow: hidden; }
.bar { background: var(--bar); height: 100%; border-radius: 2px; print-color-adjust: exact; }
.box { border: 1px solid var(--line); border-left: 4px solid var(--ink); padding: .75rem 1rem; margin: 1rem 0; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } tr, .box { break-inside: avoid; } h2 { break-after: avoid; } }
`);

/** A whole page. */
export function page(title: string, body: readonly Html[], data: Html = new Html('')): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${body}${data}
      </body>
    </html>`.text;
}

/** A table; cells are text or HTML. */
export function tableHtml(
  head: readonly string[],
  rows: readonly (readonly (string | number | Html)[])[],
): Html {
  const line = (cells: readonly (string | number | Html)[]): Html =>
    html`<tr>
      ${cells.map((cell) =>
        typeof cell === 'number' ? html`<td class="number">${cell}</td>` : html`<td>${cell}</td>`,
      )}
    </tr> `;
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${head.map((label) => html`<th>${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div> `;
}
