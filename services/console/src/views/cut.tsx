import { escapeControls } from '@optout-sync/shared/domain';

/**
 * Text from outside, such as an error message: so much of it, with control and direction characters escaped, and isolated from the
 * direction of the text around it.
 */
export const Cut = ({ text, at = 200 }: { readonly text: string; readonly at?: number }) => (
  <bdi class="text">
    {escapeControls(text.slice(0, at))}
    {text.length > at && `… (${String(text.length)} characters)`}
  </bdi>
);
