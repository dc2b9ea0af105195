import type { SandboxWorkspace } from './workspace';

/** Numbers of the demo people, as Twilio sends them. From the range kept free for fiction, yet valid in form. */
export const DEMO_PHONES = {
  /** One person. */
  single: '+14155550101',
  /** Three people share it. */
  household: '+14155550102',
  /** A person known by e-mail only. */
  withoutId: '+14155550103',
  /** A person known by id only. */
  withoutEmail: '+14155550104',
  /** Already `sms_unsubscribe: true`: for a START. */
  optedOut: '+14155550105',
  /** Stored as `(415) 555-0142`. */
  storedNational: '+14155550142',
  /** Stored as `14155550143`. */
  storedDigits: '+14155550143',
  /** Stored as `415.555.0144`: no usual format finds it. */
  storedDotted: '+14155550144',
  /** 60 people share it: more than a page of the default size. */
  crowd: '+14155550160',
  /** Nobody has it. */
  unknown: '+14155550199',
} as const;

export const DEMO_CROWD_SIZE = 60;

/** Adds the people of `DEMO_PHONES`. @throws when phone is an identifier: these share numbers */
export function seedDemoPeople(workspace: Pick<SandboxWorkspace, 'addPerson'>): void {
  const add = (id: string | undefined, email: string | undefined, phone: string, others: object = {}) => {
    const identifiers = { ...(id !== undefined && { id }), ...(email !== undefined && { email }) };
    workspace.addPerson({ ...identifiers, attributes: { phone, ...others } });
  };
  add('ada', 'ada@example.com', DEMO_PHONES.single, { first_name: 'Ada' });
  for (const name of ['bea', 'ben', 'bob']) add(name, `${name}@example.com`, DEMO_PHONES.household);
  add(undefined, 'cleo@example.com', DEMO_PHONES.withoutId);
  add('dan', undefined, DEMO_PHONES.withoutEmail);
  add('eve', 'eve@example.com', DEMO_PHONES.optedOut, { sms_unsubscribe: true });
  add('fay', 'fay@example.com', '(415) 555-0142');
  add('gus', 'gus@example.com', '14155550143');
  add('hal', 'hal@example.com', '415.555.0144');
  for (let n = 1; n <= DEMO_CROWD_SIZE; n += 1) {
    add(`crowd-${n}`, `crowd-${n}@example.com`, DEMO_PHONES.crowd);
  }
}
