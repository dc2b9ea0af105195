import { MinutesChart } from '../views/minutes-chart';
import { Time } from '../views/time';
import type { Hour } from './read-hour';

/** The last hour: a small chart for each count. */
export const HourView = ({ hour }: { readonly hour: Hour }) => (
  <section aria-labelledby="hour">
    <h2 id="hour">The last hour</h2>
    <div class="charts">
      {hour.series.map((series) => (
        <MinutesChart {...series} />
      ))}
    </div>
    <p>
      <small>
        Each bar is a minute, the first one from <Time at={hour.since} />. Counts of a first look: exact ones
        are in the metrics.
      </small>
    </p>
  </section>
);
