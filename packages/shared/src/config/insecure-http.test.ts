import { mayBeCalled, readInsecureHttpHosts } from './insecure-http';
import { ConfigError } from './parse-env';
import { readWorkspaces } from './optout-config';

const INSECURE_HTTP_HOSTS = 'Gateway.internal, 10.0.0.7,fd00::7, [fd00::8]';

describe('http is accepted', () => {
  const accepts = mayBeCalled({ INSECURE_HTTP_HOSTS });

  it.each([
    'http://localhost:9000/a',
    'http://127.0.0.1/',
    'http://127.1.2.3/',
    'http://127.1/',
    'http://[::1]:8080/',
    'http://gateway.internal:8080/',
    'http://GATEWAY.internal/',
    'http://10.0.0.7/',
    'http://[fd00::7]/',
    'http://[fd00:0::8]:1/',
    'https://anything.example.com/',
  ])('in %s', (url) => {
    expect(accepts(url)).toBe(true);
  });

  it.each([
    'http://a.gateway.internal/',
    'http://gateway.internal.example.com/',
    'http://gateway.internal@example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://10.0.0.70/',
    'http://[fd00::9]/',
    'http://0.0.0.0/',
    'http://user:word@api.customer.io/',
    'HTTP://api.customer.io/',
  ])('not in %s', (url) => {
    expect(accepts(url)).toBe(false);
  });
});

it.each(['*.internal', '.internal', 'http://gateway', 'gateway:8080', 'a/b', 'a@b', 'a b', '*'])(
  'rejects %s in INSECURE_HTTP_HOSTS, where only exact names have an effect',
  (host) => {
    const env = { INSECURE_HTTP_HOSTS: `gateway,${host}` };
    expect(() => readInsecureHttpHosts(env)).toThrow(ConfigError);
    expect(() => readInsecureHttpHosts(env)).toThrow(
      /INSECURE_HTTP_HOSTS \(item 2\): must be exact host names/,
    );
    expect(mayBeCalled(env)('http://gateway/')).toBe(true);
  },
);

it('concerns the URLs of each workspace in the file', () => {
  const keys = {
    CUSTOMERIO_SITE_ID: 'a',
    CUSTOMERIO_TRACK_API_KEY: 'b',
    CUSTOMERIO_APP_API_KEY: 'c',
    CUSTOMERIO_APP_URL: 'http://gateway.internal/app/',
  };
  expect(() => readWorkspaces(keys)).toThrow(/CUSTOMERIO_APP_URL: must be https/);
  const [workspace] = readWorkspaces({ ...keys, INSECURE_HTTP_HOSTS });
  expect(workspace?.access?.appUrl).toBe('http://gateway.internal/app');
});
