import type { FindingDefinition } from './finding-definition';
import { TWILIO_FINDINGS } from './twilio-finding-codes';

/** What `doctor` may find, by its code. The codes are stable; docs/doctor.md repeats the table. */
export const FINDINGS = {
  config_invalid: {
    level: 'failure',
    why: 'A service does not start with it.',
    how: 'Correct the setting.',
    command: 'optout-sync config check',
  },
  config_warning: {
    level: 'warning',
    why: 'It is valid, but may be a mistake.',
    how: 'Check the setting.',
    command: 'optout-sync config check',
  },
  redis_unreachable: {
    level: 'failure',
    why: 'Opt-outs wait in the spool of ingest and are not applied.',
    how: 'Start Redis, or correct REDIS_URL.',
  },
  redis_too_old: {
    level: 'failure',
    why: 'Commands that are used do not exist before Redis 6.2.',
    how: 'Upgrade Redis.',
  },
  redis_not_durable: {
    level: 'failure',
    why: 'Opt-outs that were answered as received can be lost.',
    how: 'Change the setting of Redis: docs/redis.md.',
  },
  redis_durability_unknown: {
    level: 'warning',
    why: 'Redis does not show its settings, as many managed ones, so what it keeps is unknown.',
    how: 'Check in its console that the append-only file is on and that it evicts nothing.',
  },
  redis_memory_low: {
    level: 'warning',
    why: 'A full Redis refuses writes: opt-outs then go to the spool.',
    how: 'Give Redis more memory, or raise maxmemory.',
  },
  redis_slow: {
    level: 'warning',
    why: 'Every webhook waits for Redis before it is answered.',
    how: 'Bring ingest and Redis closer together, or find what else keeps Redis busy (SLOWLOG GET).',
  },
  clock_skew: {
    level: 'warning',
    why: 'Messages without a time of sending are ordered by this clock.',
    how: 'Synchronise the clocks (NTP).',
  },
  unserved_workspace: {
    level: 'warning',
    why: 'Its people are not compared and its jobs do not run.',
    how: 'Set storedAs in the configuration if the workspace was renamed.',
  },
  no_worker: {
    level: 'warning',
    why: 'Opt-outs are accepted, and not applied.',
    how: 'Start a worker.',
  },
  optouts_late: {
    level: 'failure',
    why: 'Opt-outs wait longer than a minute: these people still get messages.',
    how: 'See what the worker logs, and whether Customer.io answers: docs/runbook.md.',
  },
  spool_in_use: {
    level: 'warning',
    why: 'Redis did not take these opt-outs. They are on the disk of ingest until it does.',
    how: 'See why Redis refuses writes: docs/runbook.md.',
  },
  dead_letters: {
    level: 'warning',
    why: 'Each may be an opt-out that nobody applied.',
    how: 'Look at them, correct the cause, and replay them.',
    command: 'optout-sync dlq list',
  },
  drift: {
    level: 'warning',
    why: 'Customer.io holds another value than the ledger.',
    how: 'Look at the differences, and let them be corrected.',
    command: 'optout-sync optouts list --drifted',
  },
  sweep_overdue: {
    level: 'warning',
    why: 'A profile that got a stopped number since then may still be subscribed.',
    how: 'See what the worker logs about the sweep: docs/runbook.md.',
  },
  signatures_rejected: {
    level: 'warning',
    why: 'These may be webhooks of Twilio that are lost.',
    how: 'Compare the URL that ingest logs with the one at Twilio: docs/twilio.md.',
  },
  customerio_keys_rejected: {
    level: 'failure',
    why: 'Nothing can be written to Customer.io.',
    how: 'Copy the keys from Settings > API Credentials, and check the region.',
    command: 'optout-sync setup customerio',
  },
  customerio_unreachable: {
    level: 'failure',
    why: 'Opt-outs wait until Customer.io answers.',
    how: 'Check that this machine may call Customer.io.',
  },
  customerio_right_missing: {
    level: 'failure',
    why: 'A part of the work fails with 403.',
    how: 'Create an App API key that may do this.',
    command: 'optout-sync setup customerio',
  },
  customerio_answer_unexpected: {
    level: 'failure',
    why: 'Customer.io announces no changes of its API. An answer in an unknown form counts as a failure.',
    how: 'Check that no gateway answers in between, then report it to the maintainers.',
  },
  phone_attribute_missing: {
    level: 'failure',
    why: 'No person can be found by a phone number.',
    how: 'Set CUSTOMERIO_PHONE_ATTRIBUTE to the attribute that holds it.',
    command: 'optout-sync setup customerio',
  },
  phone_spelling_unsearched: {
    level: 'warning',
    why: 'People whose number is written so are not found, and stay subscribed.',
    how: 'Add the format to CUSTOMERIO_PHONE_FORMATS, or correct the numbers.',
  },
  ...TWILIO_FINDINGS,
} as const satisfies Record<string, FindingDefinition>;

export type FindingCode = keyof typeof FINDINGS;
