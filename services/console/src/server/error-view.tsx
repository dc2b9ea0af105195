import { Notice } from '../views/notice';
import type { DescribedError } from '../http/describe-error';

/** What went wrong, with the stable code that the documentation explains. */
export const ErrorView = ({ code, message }: Pick<DescribedError, 'code' | 'message'>) => (
  <Notice tone="bad">
    <p>
      <strong>{`${message.charAt(0).toUpperCase()}${message.slice(1)}.`}</strong>
    </p>
    <p>
      Code <code>{code}</code>. <a href="/">Back to the overview</a>
    </p>
  </Notice>
);
