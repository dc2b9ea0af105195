import { escapeControls } from '@optout-sync/shared/domain';

const MAX_CHARACTERS = 200;

/** Replaces halves of characters, which JSON may hold and a URL may not. */
export const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\ufffd');

/**
 * Text that others wrote, such as a name or a value at Customer.io: cut, with its control characters visible, and without effect on the
 * direction of the text around it.
 */
export const Foreign = ({ text, max = MAX_CHARACTERS }: { readonly text: string; readonly max?: number }) => (
  <bdi class="foreign">
    {escapeControls(wellFormed(text.slice(0, max)))}
    {text.length > max && `… (${text.length.toLocaleString('en')} characters)`}
  </bdi>
);
