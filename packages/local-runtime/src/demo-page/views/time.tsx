/** The time of day on this machine, which is the reader's. */
export const Time = ({ at }: { readonly at: Date }) => (
  <time dateTime={at.toISOString()}>{at.toLocaleTimeString('en-GB')}</time>
);
