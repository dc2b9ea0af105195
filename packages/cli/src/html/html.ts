import escapeHtml from 'escape-html';
import { escapeControls } from '@optout-sync/shared/domain';

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = string | number | Html | readonly Html[];

/**
 * A tag of template literals: what is inserted is text, with everything that HTML would read as markup escaped, and control
 * characters shown as `\uXXXX`.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const texts = values.map((value) => {
    if (value instanceof Html) return value.text;
    if (typeof value === 'object') return value.map(({ text }) => text).join('');
    return escapeHtml(escapeControls(String(value)));
  });
  return new Html(String.raw({ raw: strings }, ...texts));
}

/** Text that somebody else wrote, in whatever direction it reads, without effect on what surrounds it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
