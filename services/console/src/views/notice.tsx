import type { ComponentChildren } from 'preact';

/** What an action did, or what went wrong. */
export const Notice = ({
  tone = 'good',
  children,
}: {
  readonly tone?: 'good' | 'bad' | 'warn';
  readonly children: ComponentChildren;
}) => (
  <div class={`notice ${tone}`} role={tone === 'good' ? 'status' : 'alert'}>
    {children}
  </div>
);
