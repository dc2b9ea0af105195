import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIntake } from './optout-config';
import { ConfigError, type Env } from './parse-env';

const [ONE, TWO] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const SERVICE = `MG${'1'.repeat(32)}`;
const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(16));

const dir = mkdtempSync(join(tmpdir(), 'intake-config-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

let files = 0;
function config(yaml: string, env: Env = { TWILIO_ACCOUNT_SID: ONE }): Env {
  const path = join(dir, `file-${String(files++)}`);
  writeFileSync(path, yaml);
  return { ...env, OPTOUT_CONFIG: path };
}
function errorsOf(env: Env): readonly string[] {
  try {
    readIntake(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}
const two = (rest: string): string =>
  `twilio: { accounts: [{ sid: ${ONE}, auth_tokens: "\${NOT_SET}" }, { sid: ${TWO}, auth_tokens: "\${NOT_SET}" }] }\n${rest}`;

describe('the systems that report opt-outs', () => {
  it('are none without the section', () => {
    expect(readIntake({})).toEqual([]);
    expect(readIntake(config('intake: []'))).toEqual([]);
  });

  it('may report opt-outs alone unless opt-ins are named, and have several tokens during a rotation', () => {
    const yaml = `intake:
  - { name: helpdesk, token: "\${TOKEN}" }
  - { name: form, token: [${B}, ${C}], kinds: [stop, start], account: ${TWO}, senders: [${SERVICE}, '+15005550006'] }
`;
    expect(readIntake(config(two(yaml), { TWILIO_ACCOUNT_SID: ONE, TOKEN: `${A}` }))).toEqual([
      { name: 'helpdesk', tokens: [A], kinds: ['stop'], accountSid: ONE, senders: [] },
      {
        name: 'form',
        tokens: [B, C],
        kinds: ['stop', 'start'],
        accountSid: TWO,
        senders: [SERVICE, '+15005550006'],
      },
    ]);
  });

  it('report to the only account, and have to name one of several', () => {
    const yaml = `intake: [{ name: form, token: ${A} }]`;
    expect(readIntake(config(yaml))[0]?.accountSid).toBe(ONE);
    expect(errorsOf(config(two(yaml), {}))).toEqual([
      'intake[0].account is required: several accounts are configured',
    ]);
    const unknown = `intake: [{ name: form, token: ${A}, account: AC${'3'.repeat(32)} }]`;
    expect(errorsOf(config(two(unknown), {}))).toEqual([
      'intake[0].account: there is no such account under twilio.accounts',
    ]);
  });

  it('are rejected with all errors together, none of which shows a token', () => {
    const yaml = `intake:
  - { name: form, token: ${A}, kinds: [help], senders: ['+1'] }
  - { name: form, token: "${A},${B}", senders: [] }
  - { name: Help Desk, token: short, kinds: [], sender: x }
`;
    const errors = errorsOf(config(yaml));
    expect(errors).toEqual([
      'intake[0].kinds[0]: must be stop or start',
      'intake[0].senders[0]: the number of the sender is not valid; write it like +15005550006, without spaces',
      'intake[1].senders: needs at least one sender',
      'intake[2].name: must have 1 to 40 lower-case letters, digits, _ and -',
      'intake[2].token[0]: must have at least 16 characters',
      'intake[2].kinds: needs at least one kind',
      'intake[2]: Unrecognized key: "sender"',
      'intake[1].name: is the name of another system already',
      'intake[1].token: is the token of another system already',
    ]);
    expect(errors.join()).not.toMatch(/aaaa|bbbb|short/);
  });
});
