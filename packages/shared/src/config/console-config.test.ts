import { readConsoleConfig } from './console-config';
import type { Env } from './parse-env';

const NEEDED: Env = {
  REDIS_URL: 'redis://127.0.0.1',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_TRACK_API_KEY: 'track',
  CUSTOMERIO_APP_API_KEY: 'app',
};
const HASH = `scrypt.32768.8.3.${'a'.repeat(22)}.${'b'.repeat(43)}`;
const PASSWORD: Env = { CONSOLE_AUTH: 'password', CONSOLE_USERS: `ada@example.com:operator:${HASH}` };
const PROXY: Env = { CONSOLE_AUTH: 'proxy', CONSOLE_USERS: 'ada:viewer', CONSOLE_PROXY_NETWORKS: '10.0.0.7' };

const read = (env: Env) => readConsoleConfig({ ...NEEDED, ...env });

test('it listens on this machine, and reads users of both kinds', () => {
  expect(read(PASSWORD)).toMatchObject({ host: '127.0.0.1', port: 8090, adminPort: 9103 });
  const { auth } = read({
    ...PASSWORD,
    CONSOLE_USERS: `a:viewer:${HASH},b:support:${HASH}\n c:operator:${HASH}`,
  });
  const roles = auth.kind === 'password' ? [...auth.users.values()].map(({ role }) => role) : [];
  expect(roles).toEqual(['viewer', 'support', 'operator']);
  expect(read(PROXY).auth).toMatchObject({
    kind: 'proxy',
    header: 'X-Forwarded-Email',
    networks: ['10.0.0.7'],
  });
});

test.each(['0.0.0.0', '::', '10.0.0.5', 'console.internal'])('it never starts open on %s', (CONSOLE_HOST) => {
  const url = { CONSOLE_URL: 'https://console.example.com' };
  expect(() => read({ CONSOLE_AUTH: 'none', CONSOLE_HOST })).toThrow('CONSOLE_AUTH: none is accepted only');
  expect(() => read({ CONSOLE_AUTH: 'none', CONSOLE_HOST, ...url })).toThrow('CONSOLE_AUTH: none');
  expect(() => read({ CONSOLE_HOST, ...url })).toThrow('CONSOLE_AUTH is required');
  expect(() => read({ ...PASSWORD, CONSOLE_HOST })).toThrow('CONSOLE_URL is required');
  expect(read({ ...PASSWORD, CONSOLE_HOST, ...url })).toMatchObject({ host: CONSOLE_HOST });
});

test.each([
  [{}, 'CONSOLE_AUTH is required: password, proxy or none'],
  [{ CONSOLE_AUTH: 'off' }, 'CONSOLE_AUTH: '],
  [{ CONSOLE_AUTH: 'none', CONSOLE_USERS: 'ada:viewer' }, 'CONSOLE_USERS: is not for CONSOLE_AUTH=none'],
  [{ CONSOLE_AUTH: 'none', CONSOLE_URL: 'https://a.example' }, 'CONSOLE_AUTH: none'],
  [{ CONSOLE_AUTH: 'password' }, 'CONSOLE_USERS is required by CONSOLE_AUTH=password'],
  [{ ...PASSWORD, CONSOLE_USERS: ' , ' }, 'CONSOLE_USERS is required'],
  [{ ...PASSWORD, CONSOLE_USERS: 'ada:operator' }, 'CONSOLE_USERS (item 1): must be name:role:hash'],
  [{ ...PASSWORD, CONSOLE_USERS: `ada:admin:${HASH}` }, 'CONSOLE_USERS (item 1)'],
  [{ ...PASSWORD, CONSOLE_USERS: `ada:viewer:${HASH},ada:operator:${HASH}` }, '(item 2): is there twice'],
  [{ ...PASSWORD, CONSOLE_USERS: 'ada:operator:plain-password' }, 'CONSOLE_USERS (item 1)'],
  [{ CONSOLE_AUTH: 'none', CONSOLE_PROXY_NETWORKS: '10.0.0.7' }, 'CONSOLE_PROXY_NETWORKS: is not for'],
  [{ ...PROXY, CONSOLE_PROXY_NETWORKS: '' }, 'CONSOLE_PROXY_NETWORKS is required by CONSOLE_AUTH=proxy'],
  [{ ...PROXY, CONSOLE_PROXY_NETWORKS: '0.0.0.0/0' }, 'CONSOLE_PROXY_NETWORKS: is too wide'],
  [{ ...PROXY, CONSOLE_USERS: '' }, 'CONSOLE_USERS is required by CONSOLE_AUTH=proxy'],
  [{ ...PASSWORD, CONSOLE_URL: 'http://console.example.com' }, 'CONSOLE_URL: must be https'],
  [{ ...PASSWORD, CONSOLE_URL: 'https://example.com/console' }, 'CONSOLE_URL: must be a URL without a path'],
  [{ ...PASSWORD, CONSOLE_URL: 'https://ada:bbbb@example.com' }, 'CONSOLE_URL: must be a URL without a path'],
  [{ ...PASSWORD, CONSOLE_URL: 'https://example.com?a=b' }, 'CONSOLE_URL: must be a URL without a path'],
  [{ ...PASSWORD, CONSOLE_ADMIN_PORT: '8090' }, 'CONSOLE_ADMIN_PORT: must differ'],
] as const)('half a configuration is refused, without its values: %j', (env, error) => {
  expect(() => read(env)).toThrow(error);
  try {
    read(env);
  } catch (thrown) {
    expect((thrown as Error).message).not.toMatch(/plain-password|bbbb/);
  }
});

test('every mistake is named at once', () => {
  const all = { CONSOLE_AUTH: 'proxy', CONSOLE_USERS: 'ada:admin' };
  expect(() => read(all)).toThrow(/CONSOLE_USERS \(item 1\)/);
  expect(() => read(all)).toThrow('CONSOLE_PROXY_NETWORKS is required');
  const open = { CONSOLE_AUTH: 'none', CONSOLE_USERS: 'ada:viewer', CONSOLE_PROXY_NETWORKS: '10.0.0.7' };
  expect(() => read(open)).toThrow(/CONSOLE_USERS: is not for/);
  expect(() => read(open)).toThrow(/CONSOLE_PROXY_NETWORKS: is not for/);
  const ports = { CONSOLE_AUTH: 'none', CONSOLE_HOST: '0.0.0.0', CONSOLE_PORT: 'x' };
  expect(() => read(ports)).toThrow(/CONSOLE_PORT: /);
  expect(() => read(ports)).toThrow(/CONSOLE_AUTH: none is accepted only/);
});

test.each(['30000.8.3', '0.8.3', '1.8.3', '32768.0.3', '32768.8.0', '32768.99.3'])(
  'a hash whose costs scrypt does not take, %s, is refused: its user could not log in',
  (costs) => {
    const CONSOLE_USERS = `ada:viewer:${HASH.replace('32768.8.3', costs)}`;
    expect(() => read({ ...PASSWORD, CONSOLE_USERS })).toThrow('CONSOLE_USERS (item 1)');
  },
);
