import { z } from 'zod';

/** Customer.io limits the name of an attribute to 150 bytes. */
const MAX_NAME_BYTES = 150;

/** The name of an attribute. Dot notation names a field inside an attribute. */
export const attributeName = z
  .string()
  .min(1)
  .refine(
    (name) => Buffer.byteLength(name) <= MAX_NAME_BYTES,
    `may have ${String(MAX_NAME_BYTES)} bytes at most`,
  );

/** What an attribute of WhatsApp is called where the configured name is that of SMS. */
export function channelName(name: string, channel: 'sms' | 'whatsapp'): string {
  return channel === 'sms' ? name : `${channel}_${name}`;
}

/** What the evidence of a consent consists of; see `evidenceOf` of the worker. */
const EVIDENCE = ['at', 'reason', 'keyword', 'sender'] as const;
type Evidence = (typeof EVIDENCE)[number];

/** The attributes that hold the evidence of a consent; one without a name is not written. */
export type EvidenceAttributes = Readonly<Partial<Record<Evidence, string>>>;

/** Those that identify a person, that concern e-mail and push too, or that steer a write. */
const RESERVED = /^(id|email|cio_id|anonymous_id|unsubscribed|_.*)$/;

const evidenceName = attributeName
  .refine((name) => name.split('.').every((part) => part !== ''), 'is not a name in dot notation')
  .refine((name) => !RESERVED.test(name.split('.', 1)[0] ?? ''), 'is a name that Customer.io uses itself')
  .refine(
    (name) => Buffer.byteLength(channelName(name, 'whatsapp')) <= MAX_NAME_BYTES,
    `may have ${String(MAX_NAME_BYTES)} bytes at most, with the prefix of WhatsApp`,
  );

const optionalName = evidenceName.optional();

/** The setting: a map in YAML, or text such as `at=sms_consent_at,reason=sms_consent_reason`. */
export const evidenceAttributes = z.preprocess(
  parseText,
  z.strictObject(
    { at: optionalName, reason: optionalName, keyword: optionalName, sender: optionalName },
    { error: (issue) => (issue.code === 'unrecognized_keys' ? MUST_NAME : undefined) },
  ),
);

const MUST_NAME = `must name attributes for ${EVIDENCE.join(', ')} only, as at=sms_consent_at,reason=sms_consent_reason`;

/** Splits text at commas and equals signs. What is no such text stays, for the schema to reject. */
function parseText(value: unknown, context: z.core.$RefinementCtx): unknown {
  if (typeof value !== 'string') return value;
  const pairs = value.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const names = pairs.map(([name = '']) => name);
  if (pairs.every((pair) => pair.length === 2) && new Set(names).size === names.length) {
    return Object.fromEntries(pairs as [string, string][]);
  }
  context.addIssue(MUST_NAME);
  return z.NEVER;
}

/**
 * Returns what of the evidence would overwrite another attribute that is written or read, as a sentence each: the same name, or a
 * field inside it, also with the prefix of WhatsApp.
 */
export function evidenceClashes(settings: {
  readonly evidence_attributes?: EvidenceAttributes | undefined;
  readonly phone_attribute: string;
  readonly sms_attribute: string;
  readonly whatsapp_attribute: string;
  readonly senders_attribute?: string | undefined;
}): string[] {
  const { evidence_attributes: evidence = {}, senders_attribute: senders } = settings;
  const others: (readonly [setting: string, name: string])[] = [
    ['phone_attribute', settings.phone_attribute],
    ['sms_attribute', settings.sms_attribute],
    ['whatsapp_attribute', settings.whatsapp_attribute],
    ...(senders === undefined ? [] : perChannel('senders_attribute', senders)),
  ];
  const clashes: string[] = [];
  for (const [part, name] of Object.entries(evidence)) {
    const own = perChannel(part, name);
    const other = others.find(([, taken]) => own.some(([, mine]) => overlap(mine, taken)));
    if (other) clashes.push(`${part} has the name of ${other[0]}, or of a field inside it`);
    others.push(...own);
  }
  return clashes;
}

function perChannel(setting: string, name: string): (readonly [string, string])[] {
  return (['sms', 'whatsapp'] as const).map((channel) => [setting, channelName(name, channel)]);
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}
