import { escapeControls } from '@optout-sync/shared/domain';

const MAX_CHARACTERS = 200;

/**
 * Text that others wrote, such as a name or a value at Customer.io: cut, with its control characters visible, and without effect on the
 * direction of the text around it.
 */
export const Foreign = ({ text, max = MAX_CHARACTERS }: { readonly text: string; readonly max?: number }) => (
  <bdi class="foreign">
    {escapeControls(text.slice(0, max).toWellFormed())}
    {text.length > max && `… (${text.length.toLocaleString('en')} characters)`}
  </bdi>
);
