import type { SandboxWorkspace } from '../workspace/workspace';

/** The demo people's numbers, as Twilio sends them: valid numbers of the range reserved for fiction (555-0100 to 555-0199). */
export const DEMO_PHONES = {
  /** One person. */
  single: '+14155550101',
  /** Shared by three people. */
  household: '+14155550102',
  /** A person with an email and no id. */
  withoutId: '+14155550103',
  /** A person with an id and no email. */
  withoutEmail: '+14155550104',
  /** Already `sms_unsubscribe: true`: for a START. */
  optedOut: '+14155550105',
  /** A person who gets a one-click link. */
  byLink: '+14155550106',
  /** Stored as `(415) 555-0142`. */
  storedNational: '+14155550142',
  /** Stored as `14155550143`. */
  storedDigits: '+14155550143',
  /** Stored as `415.555.0144`: no supported format matches it. */
  storedDotted: '+14155550144',
  /** Shared by 60 people: more than a page of the default size. */
  crowd: '+14155550160',
  /** No person has it at first. */
  late: '+14155550198',
  /** No person has it. */
  unknown: '+14155550199',
} as const;

export const DEMO_CROWD_SIZE = 60;

/** Adds the people of `DEMO_PHONES`. @throws {Error} when phone is an identifier, since some of them share a number */
export function seedDemoPeople(workspace: Pick<SandboxWorkspace, 'addPerson'>): void {
  const add = (id: string | undefined, email: string | undefined, phone: string, attributes: object = {}) => {
    const identifiers = { ...(id !== undefined && { id }), ...(email !== undefined && { email }) };
    workspace.addPerson({ ...identifiers, attributes: { phone, ...attributes } });
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
  add('ida', 'ida@example.com', DEMO_PHONES.byLink);
}
