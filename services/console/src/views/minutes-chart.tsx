/** The width of a minute and the height of the chart, in units of its own. */
const BAR = 4;
const HEIGHT = 48;

/** A chart of the last 60 minutes: a bar for each. Its text says the same to who does not see it. */
export const MinutesChart = ({
  name,
  tone,
  counts,
}: {
  readonly name: string;
  readonly tone: 'good' | 'bad' | 'quiet';
  /** One for each minute, the present one last. */
  readonly counts: readonly number[];
}) => {
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const busiest = total === 0 ? '' : `, at most ${String(most)} in a minute`;
  return (
    <figure class={`minutes ${tone}`}>
      <figcaption>
        <b>{total.toLocaleString('en-US')}</b> {name}
      </figcaption>
      <svg
        viewBox={`0 0 ${String(counts.length * BAR)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${String(total)} in the last hour${busiest}`}
      >
        {counts.map((count, n) => {
          const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
          return <rect x={n * BAR} y={HEIGHT - height} width={BAR - 1} height={height} />;
        })}
        <path d={`M0 ${String(HEIGHT)}H${String(counts.length * BAR)}`} />
      </svg>
    </figure>
  );
};
