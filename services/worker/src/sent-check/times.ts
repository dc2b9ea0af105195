/** The times of the reading of Twilio's message log, in ms. Tests replace them. */
export interface SentCheckTimes {
  /** From one round to the next. */
  readonly roundMs: number;
  /** How long the lease of a worker lasts that is gone: longer than a request with its retries. */
  readonly leaseMs: number;
  /** A part of the log that is read at once: what is interrupted is read again. */
  readonly partMs: number;
  /** How much of what was read is read again: messages that the log got late, and opt-outs that the ledger got late. */
  readonly overlapMs: number;
  /** Messages are counted once they are this old: the log has them by then. A second at least. */
  readonly lagMs: number;
  /** Between two requests. */
  readonly requestGapMs: number;
  /** After an account's log could not be read. */
  readonly retryMs: number;
  /** How long a new series, or one of a new process, stands at 0, so that Prometheus sees it increase. */
  readonly scrapeMs: number;
}

export const SENT_CHECK_TIMES: SentCheckTimes = {
  roundMs: 1_000,
  leaseMs: 120_000,
  partMs: 3_600_000,
  overlapMs: 600_000,
  lagMs: 30_000,
  requestGapMs: 500,
  retryMs: 60_000,
  scrapeMs: 30_000,
};
