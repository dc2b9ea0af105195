import type { ReplayForecast } from '@optout-sync/operations';

/** What a replay of an event would do by the present ledger; empty for what has no forecast, such as a sync. */
export function forecastText(forecast: ReplayForecast | undefined): string {
  if (forecast === undefined) return '';
  switch (forecast.kind) {
    case 'unparsable':
      return 'nothing: it could not be parsed';
    case 'parsed_anew':
      return 'is parsed anew: it helps once the workers know its form';
    case 'account_unknown':
      return 'stays: its account is not configured';
    case 'duplicate':
      return `duplicate: the ledger has the message, ${forecast.outcome}`;
    case 'ignored':
      return 'ignored';
    case 'stale': {
      const { state, occurredAt } = forecast.newer;
      const word = state === 'stopped' ? 'STOP' : 'START';
      return `stale: ${word} of ${new Date(occurredAt).toISOString()} is newer`;
    }
    case 'decides':
      return 'has the last word';
    default:
      return forecast satisfies never;
  }
}
