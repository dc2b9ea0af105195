import { SENT_AFTER } from '@optout-sync/shared/domain';
import type { Logger } from '@optout-sync/shared/service';
import { TwilioApiError } from '@optout-sync/twilio-api';
import { ERROR_LOG_MS, throttleEach } from '../lib/throttle-each';
import type { WorkerMetrics } from '../metrics';
import type { SenderCountEvents } from './sender-counts';
import type { SentCheckEvents } from './sent-check';

/** MessageSids in a log line: the command lists all. */
const MAX_EXAMPLES = 5;

/** What the reading of Twilio's message log finds, in metrics and log together. */
export function sentCheckTelemetry(metrics: WorkerMetrics, log: Logger): SentCheckEvents & SenderCountEvents {
  const failed = throttleEach(ERROR_LOG_MS, (_, suppressed, fields: object) => {
    log.warn({ ...fields, suppressed }, "Twilio's message log could not be read, and is read again later");
  });
  return {
    sentChecked(account, { since, until }, { sent, blocked, confirmations, unreadable }) {
      metrics.sentAfter.inc({ relation: 'blocked' }, blocked);
      metrics.sentAfter.inc({ relation: 'confirmation' }, confirmations);
      const messages = [...sent.values()].reduce((sum, count) => sum + count, 0);
      const span = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
      log.debug({ account, ...span, messages, blocked, confirmations, unreadable }, 'message log read');
      if (unreadable > 0) {
        log.warn(
          { account, code: 'ledger_entry_unreadable', messages: unreadable },
          'messages to phones whose ledger entry cannot be read were not compared',
        );
      }
    },
    sentAfterFound(account, found) {
      for (const relation of SENT_AFTER) {
        const ofIt = found.filter((entry) => entry.relation === relation);
        if (ofIt.length === 0) continue;
        const messageSids = ofIt.slice(0, MAX_EXAMPLES).map(({ messageSid }) => messageSid);
        log.warn(
          { account, relation, messages: ofIt.length, messageSids },
          'messages were sent after an opt-out: optout-sync sent-after list',
        );
      }
    },
    sentAfterCounted(relation, count) {
      metrics.sentAfter.inc({ relation }, count);
    },
    sentCheckAge(account, ageMs) {
      metrics.messageLogAge.set({ account }, ageMs / 1_000);
    },
    sentCheckFailed(account, error) {
      const code = error instanceof TwilioApiError ? error.code : 'sent_check_failed';
      failed(account ?? '', { err: error, code, account });
    },
    senderCounted(what, sender, count) {
      (what === 'sent' ? metrics.messagesSent : metrics.optOuts).inc({ sender }, count);
    },
  };
}
