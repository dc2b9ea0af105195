import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRoutes, readTwilioAccounts } from './optout-config';
import { accountsOf } from './sender-routes';
import { ConfigError, type Env } from './parse-env';

const dir = mkdtempSync(join(tmpdir(), 'sender-routes-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const ACCOUNT = `AC${'1'.repeat(32)}`;
const [SERVICE_A, SERVICE_B] = [`MG${'a'.repeat(32)}`, `MG${'b'.repeat(32)}`];

function config(routes: string): Env {
  const path = join(dir, 'config.yaml');
  writeFileSync(
    path,
    `
twilio:
  accounts:
    - sid: ${ACCOUNT}
      auth_tokens: [${'c'.repeat(32)}]
      workspace: main
      services: { ${SERVICE_A}: ['+15005550001', '+15005550002'] }
      ${routes && `routes: ${routes}`}
customerio:
  workspaces: [{ name: main }, { name: brand-a, storedAs: old-a }, { name: brand-b }]
`,
  );
  return { OPTOUT_CONFIG: path };
}

function errorsOf(routes: string): readonly string[] {
  try {
    readRoutes(config(routes));
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

describe('the workspace of a message', () => {
  const env = config(`
        - { senders: [${SERVICE_A}, '+15005550010'], workspace: brand-a }
        - { senders: ['24567', 'rcs:brand_b'], workspace: brand-b }`);
  const workspaceOf = (sender: string | undefined) => readRoutes(env).workspaceOf(ACCOUNT, sender);

  it('is that of the route of its sender, by the name that it is stored under', () => {
    expect([SERVICE_A, '+15005550010', '24567', 'rcs:brand_b'].map(workspaceOf)).toEqual([
      'old-a',
      'old-a',
      'brand-b',
      'brand-b',
    ]);
  });

  it('is that of the account for any other sender, and where the sender is not known', () => {
    expect([SERVICE_B, '+15005550099', undefined].map(workspaceOf)).toEqual(['main', 'main', 'main']);
    expect(readRoutes(env).workspaceOf(`AC${'9'.repeat(32)}`, SERVICE_A)).toBeUndefined();
  });

  it('is that of the service for its numbers, and that of the number on WhatsApp too', () => {
    expect(['+15005550002', 'whatsapp:+15005550010'].map(workspaceOf)).toEqual(['old-a', 'old-a']);
  });

  it('needs nothing of the process that verifies signatures', () => {
    expect(readTwilioAccounts(env)).toEqual([
      { sid: ACCOUNT, authTokens: ['c'.repeat(32)], workspace: 'main' },
    ]);
  });
});

describe('the senders of a workspace', () => {
  const routed = (workspace: string, routes: string) =>
    accountsOf(readRoutes(config(routes)).accounts, workspace);

  it('are those of the account without the routed ones, and the routed ones with the numbers of their service', () => {
    const routes = `[{ senders: [${SERVICE_A}, '24567'], workspace: brand-b }]`;
    expect(routed('main', routes)).toMatchObject([{ sid: ACCOUNT, services: {}, numbers: [] }]);
    expect(routed('brand-b', routes)).toMatchObject([
      { sid: ACCOUNT, services: { [SERVICE_A]: ['+15005550001', '+15005550002'] }, numbers: ['24567'] },
    ]);
    expect(routed('old-a', routes)).toEqual([]);
  });

  it('are all of the account without routes', () => {
    expect(routed('main', '')).toMatchObject([{ services: { [SERVICE_A]: expect.any(Array) as unknown } }]);
    expect(routed('brand-b', '')).toEqual([]);
  });
});

describe('routes are refused', () => {
  const AT = 'twilio.accounts[0].routes';

  it('to a workspace that is not configured', () => {
    expect(errorsOf(`[{ senders: ['24567'], workspace: brand-c }]`)).toEqual([
      `${AT}[0].workspace: there is no such workspace under customerio.workspaces`,
    ]);
  });

  it('of a sender in two routes', () => {
    const two = `[{ senders: ['24567'], workspace: brand-a }, { senders: ['1', '24567'], workspace: brand-b }]`;
    expect(errorsOf(two)).toEqual([`${AT}[1].senders[1]: is in another route already`]);
  });

  it('of a number of a Messaging Service', () => {
    expect(errorsOf(`[{ senders: ['whatsapp:+15005550001'], workspace: brand-a }]`)).toEqual([
      `${AT}[0].senders[0]: is a number of ${SERVICE_A}: name the service, whose route its numbers have`,
    ]);
    expect(errorsOf(`[{ senders: ['+15005550001'], workspace: brand-a }]`)).toEqual([
      `${AT}[0].senders[0]: is a number of ${SERVICE_A}: name the service, whose route its numbers have`,
    ]);
  });

  it.each(['MG123', '+1 500', '1500 555', '+abc', '15005550006', 'whatsapp:15005550006'])(
    'of %s, which is no sender',
    (sender) => {
      expect(errorsOf(`[{ senders: ['${sender}'], workspace: brand-a }]`)).toEqual([
        expect.stringMatching(/^twilio.accounts\[0\].routes\[0\].senders\[0\]: must be a Messaging Service/),
      ]);
    },
  );

  it('of a number that YAML takes for one', () => {
    expect(errorsOf('[{ senders: [24567], workspace: brand-a }]')).toEqual([
      `${AT}[0].senders[0]: must be text: in YAML, write a number in quotes, as "+15005550006"`,
    ]);
  });

  it('without senders', () => {
    expect(errorsOf('[{ senders: [], workspace: brand-a }]')).toEqual([
      `${AT}[0].senders: needs at least one sender`,
    ]);
  });
});
