import { z } from 'zod';

/*
 * The form of a proof, as it is printed, sealed and checked. Times are ISO 8601. Whoever checks a proof of another release reads this
 * form, so fields are added and never changed; a change of meaning is a new `version`.
 */

const time = z.iso.datetime();
const origin = z.object({
  /** Such as `worker 1.4.0`. */
  build: z.string(),
  /** A digest of the settings that decide what is written. */
  configuration: z.string(),
});

const Message = z.object({
  messageSid: z.string(),
  /** `blocked_send`: a message that Twilio did not send, since its own list has the number. */
  kind: z.enum(['stop', 'start', 'help', 'review', 'blocked_send']),
  sender: z.string(),
  source: z.string(),
  sentAt: time,
  /**
   * `twilio`: Twilio's own time. `arrival`: when it arrived, since the source gives no other. `operator`: when it was entered by hand.
   * `import`: as the imported file had it.
   */
  sentAtIs: z.enum(['twilio', 'arrival', 'operator', 'import']),
  receivedAt: time,
  outcome: z.string(),
  /** The version that it made or confirmed. */
  ledgerVersion: z.int(),
  /** Why it changed consent; see `Reason`. Missing for a message that changes none, and in proofs of earlier releases. */
  reason: z.string().optional(),
  /** Who entered it by hand, why, and which rule matched the wording. */
  note: z
    .object({ by: z.string().optional(), why: z.string().optional(), rule: z.string().optional() })
    .nullable(),
});
export type ProofMessage = z.infer<typeof Message>;

const Version = z.object({
  version: z.int(),
  cause: z.enum(['event', 'correction', 'merge']),
  messageSid: z.string(),
  madeAt: time,
  madeBy: origin.nullable(),
  appliedAt: time.nullable(),
  appliedBy: origin.nullable(),
});
export type ProofVersion = z.infer<typeof Version>;

const LaterWrite = z.object({
  at: time,
  reason: z.string(),
  kind: z.string(),
  value: z.boolean(),
  /** cio_ids, the first of `total`. */
  people: z.array(z.string()),
  total: z.int(),
});

const SentAfter = z.object({
  messageSid: z.string(),
  /** Whether the opt-out was from the sender of the message, or from another one. */
  relation: z.string(),
  sender: z.string(),
  /** By Twilio's clock, to the second. */
  sentAt: time,
  /** At Twilio, when it was found. */
  status: z.string(),
  /** The MessageSid of the opt-out that it was sent after. */
  optOut: z.string(),
});

export const ProofRecords = z.object({
  format: z.literal('optout-sync-proof'),
  version: z.literal(1),
  madeAt: time,
  /** The release of the command. */
  madeBy: z.string(),
  workspace: z.string(),
  channel: z.string(),
  phone: z.string(),
  /** How the states of several senders become one. */
  policy: z.string(),
  now: z.object({ state: z.enum(['stopped', 'started']), since: time }).nullable(),
  senders: z.array(
    z.object({
      sender: z.string(),
      state: z.enum(['stopped', 'started']),
      since: time,
      decidedBy: z.string(),
      /** Why; see `Reason`. Missing in proofs of earlier releases. */
      reason: z.string().optional(),
    }),
  ),
  /** Oldest first. */
  messages: z.array(Message),
  /** Oldest first. */
  versions: z.array(Version),
  customerio: z.object({
    presentVersion: z.int(),
    appliedVersion: z.int(),
    /** The cio_ids that the applied version was written to. */
    people: z.array(z.string()),
    writtenAt: time.nullable(),
    comparedAt: time.nullable(),
  }),
  /** What comparisons wrote later, oldest first. */
  laterWrites: z.array(LaterWrite),
  /** Messages that are no longer stored, and when the first of them was removed. */
  pruned: z.object({ count: z.int(), since: time }).nullable(),
  /** Missing in proofs of releases before 0.2.0. */
  sentAfter: z
    .object({
      /** The parts of Twilio's message logs that were compared with the opt-outs; empty where none was. */
      checked: z.array(z.object({ account: z.string(), since: time, until: time })),
      /** Messages that were sent to the phone after an opt-out, the latest first. */
      messages: z.array(SentAfter),
    })
    .optional(),
});
export type ProofRecords = z.infer<typeof ProofRecords>;
