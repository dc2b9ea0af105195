import type { ReplayForecast, ReplayOutcome } from '@optout-sync/operations';
import type { LedgerConsent } from '@optout-sync/shared/ledger';

const ACCOUNT_UNKNOWN = 'waits: its account is not configured';

/** What a replay would do. */
export function forecastText(forecast: ReplayForecast): string {
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
    case 'stale':
      return staleText(forecast.newer);
    case 'decides':
      return 'has the last word';
    default:
      return forecast satisfies never;
  }
}

/** How a replay ended. */
export function outcomeText(outcome: ReplayOutcome): string {
  switch (outcome.kind) {
    case 'failed_again':
      return `is a dead letter again, with ${outcome.code}`;
    case 'account_unknown':
      return ACCOUNT_UNKNOWN;
    case 'recorded':
      return outcome.outcome;
    case 'stale':
      return staleText(outcome.newer);
    case 'synced': {
      const stale = outcome.stale.map(({ kind, messageSid }) => `${kind} ${messageSid}`).join(', ');
      const upToDate = 'applied: Customer.io is up to date';
      return stale === '' ? upToDate : `${upToDate}; stale, because a newer message exists: ${stale}`;
    }
    case 'destination_written':
      return `applied: the destination ${outcome.destination} is up to date`;
    case 'forwarding':
      return 'is being forwarded to its target';
    case 'comparing':
      return 'its people are being compared with the ledger';
    case 'open':
      return 'is requeued, its outcome is still open';
    default:
      return outcome satisfies never;
  }
}

/** `stale: START of 2026-02-25T09:59:58.000Z is newer` */
function staleText({ state, occurredAt }: LedgerConsent): string {
  return `stale: ${state === 'stopped' ? 'STOP' : 'START'} of ${new Date(occurredAt).toISOString()} is newer`;
}
