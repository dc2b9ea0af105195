import { optOutAlerts, serviceAlerts } from './alerts.mjs';
import { recordings } from './recordings.mjs';

const UNITS = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'm'],
  [1, 's'],
];

/** Writes a duration as Prometheus does. Below a second, or where no unit fits, in ms. */
function format(seconds) {
  const unit = UNITS.find(([size]) => seconds >= size && seconds % size === 0);
  return unit ? `${seconds / unit[0]}${unit[1]}` : `${Math.max(1, Math.round(seconds * 1000))}ms`;
}

/**
 * The rules of Prometheus: one function of the windows, so that a test may run them in minutes.
 *
 * @param {number} scale what all durations are divided by; 1 in production
 */
export function rules(scale = 1) {
  const duration = (seconds) => format(seconds / scale);
  const alerts = [...optOutAlerts(duration), ...serviceAlerts(duration)].map(({ summary, ...alert }) => ({
    ...alert,
    annotations: { summary, runbook: `docs/runbook.md#${alert.alert.toLowerCase()}` },
  }));
  return [
    { name: 'optout-objective', interval: duration(30), rules: recordings(duration) },
    { name: 'optout-alerts', interval: duration(30), rules: alerts },
  ];
}
