/** The window of a rate, which Grafana chooses by the time that is shown and the interval of the scrapes. */
export const WINDOW = '$__rate_interval';

/** Selectors of what is chosen at the top of a dashboard. */
export const WORKSPACE = 'workspace=~"$workspace"';
export const INSTANCE = 'instance=~"$instance"';
/** The standard metrics of a process have no prefix: this tells ours from those of others. */
export const OUR_PROCESSES = `job=~"optout-.*",${INSTANCE}`;

/** A series with its selectors, such as `up{job="a"}`. */
export const series = (name, ...selectors) =>
  selectors.length > 0 ? `${name}{${selectors.join(',')}}` : name;

/** Per second, summed by labels (`''`: over all). */
export const rate = (by, name, ...selectors) => sum(by, `rate(${series(name, ...selectors)}[${WINDOW}])`);

/** In the window of a rate. */
export const increase = (by, name, ...selectors) =>
  sum(by, `increase(${series(name, ...selectors)}[${WINDOW}])`);

/** A quantile of a histogram, by labels (`''`: over all). */
export const quantile = (q, by, name, ...selectors) =>
  `histogram_quantile(${q}, ${rate(by ? `le, ${by}` : 'le', `${name}_bucket`, ...selectors)})`;

/** Every process reports the same of what is in Redis: `max` is right with any number of them. */
export const max = (by, name, ...selectors) => aggregate('max', by, series(name, ...selectors));

const sum = (by, expression) => aggregate('sum', by, expression);
const aggregate = (how, by, expression) => `${how}${by ? ` by (${by}) ` : ''}(${expression})`;
