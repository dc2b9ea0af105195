import { REAL_MODE_VARIABLES } from './mode';
import { makePlan } from './plan';

const REAL = Object.fromEntries(REAL_MODE_VARIABLES.map((name) => [name, 'secret']));

test('the services of a demo get ports, Redis, log level, the receiver of traces, its own account and a short sweep, and nothing else', () => {
  const takenOver = {
    INGEST_PORT: '8088',
    REDIS_URL: 'redis://127.0.0.1:6379',
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  };
  const { mode, env } = makePlan(
    {
      ...REAL,
      ...takenOver,
      CUSTOMERIO_APP_API_KEY_FILE: 'secret',
      CUSTOMERIO_SENDERS_ATTRIBUTE: 'secret',
      FORWARD_URLS: 'https://secret.example.com',
      STUDIO_TOKEN: 'secret',
      PUBLIC_URL: 'https://secret.example.com',
      SOMETHING_OF_LATER: 'secret',
    },
    true,
  );
  expect(mode).toBe('demo');
  expect(env).toEqual({
    ...takenOver,
    QUEUE_PREFIX: expect.stringMatching(/^optout-demo-/) as string,
    TWILIO_ACCOUNT_SID: expect.stringMatching(/^AC[0-9a-f]{32}$/) as string,
    TWILIO_AUTH_TOKEN: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    TWILIO_API_KEY: expect.stringMatching(/^SK[0-9a-f]{32}$/) as string,
    TWILIO_API_SECRET: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    SENT_CHECK_PERIOD: '5s',
    CUSTOMERIO_WEBHOOK_TOKEN: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    LINK_KEY: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    RECONCILE_PERIOD: '5s',
    RECONCILE_MODE: 'enforce',
    CONSOLE_AUTH: 'none',
  });
});

test('a demo has the period and the mode of the sweep and the token of the people webhook that are set', () => {
  const set = {
    CUSTOMERIO_WEBHOOK_TOKEN: 'the-present-token,the-next-token',
    RECONCILE_PERIOD: '20s',
    RECONCILE_MODE: 'report',
  };
  expect(makePlan(set, true)).toMatchObject({
    env: set,
    peopleToken: 'the-present-token',
    reconciles: false,
  });
  expect(makePlan({ RECONCILE_PERIOD: '20s' }, true)).toMatchObject({ reconciles: true });
  expect(makePlan({ RECONCILE_PERIOD: 'off' }, true)).toMatchObject({ reconciles: false });
  const plain = makePlan({ RECONCILE_PERIOD: '' }, true);
  expect(plain).toMatchObject({ reconciles: true, env: { RECONCILE_PERIOD: '5s' } });
  expect(plain).toHaveProperty('peopleToken', plain.env.CUSTOMERIO_WEBHOOK_TOKEN);
});

test('in a configured Redis the demo uses its own prefix; in its own Redis it needs none', () => {
  const guest = makePlan({ REDIS_URL: 'redis://127.0.0.1:6379', QUEUE_PREFIX: 'live' }, true);
  expect(guest.config.prefix).toMatch(/^optout-demo-/);
  expect(guest.env).toMatchObject({ QUEUE_PREFIX: guest.config.prefix });
  expect(makePlan({}, false).config.prefix).toBe('optout');
});

test('the services of a real system get the unchanged environment', () => {
  const plan = makePlan(REAL, false);
  expect(plan).toMatchObject({ mode: 'real', env: REAL, config: { redisUrl: undefined, prefix: 'optout' } });
});

test('configured ports differ from default ones', () => {
  const { ports } = makePlan({ INGEST_PORT: '8088' }, false).config;
  expect(ports.webhook).toEqual({ variable: 'INGEST_PORT', port: 8088, configured: true });
  expect(ports.workerAdmin).toEqual({ variable: 'WORKER_ADMIN_PORT', port: 9102, configured: false });
});

test.each([
  [{ INGEST_PORT: '9102' }, 'WORKER_ADMIN_PORT: must differ from INGEST_PORT'],
  [{ INGEST_ADMIN_PORT: '8080' }, 'INGEST_ADMIN_PORT: must differ from INGEST_PORT'],
  [
    { INGEST_ADMIN_PORT: '7000', WORKER_ADMIN_PORT: '7000' },
    'WORKER_ADMIN_PORT: must differ from INGEST_ADMIN_PORT',
  ],
])('the ports of one machine must differ, also from a default: %j', (env, error) => {
  expect(() => makePlan(env, true)).toThrow(error);
});

test('any number of ports may be any free one', () => {
  const free = {
    INGEST_PORT: '0',
    INGEST_ADMIN_PORT: '0',
    WORKER_ADMIN_PORT: '0',
    CONSOLE_PORT: '0',
    CONSOLE_ADMIN_PORT: '0',
  };
  expect(() => makePlan(free, true)).not.toThrow();
});

test('on real accounts no port is replaced when it is taken: Twilio calls the one that is known', () => {
  const { ports } = makePlan(REAL, false).config;
  expect(ports.webhook).toEqual({ variable: 'INGEST_PORT', port: 8080, configured: true });
  expect(Object.values(ports).every(({ configured }) => configured)).toBe(true);
});
