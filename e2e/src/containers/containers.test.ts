import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addressOf,
  compose,
  composeWithSecrets,
  containerOf,
  docker,
  healthy,
  inspect,
  killAndStart,
  optoutSync,
} from './support/compose';
import { Stops } from './support/stops';

// .ci/images builds the images, and has brought docker-compose.yml up with the profiles demo, monitoring, rolling and console.
jest.setTimeout(300_000);

const SERVICES = ['ingest', 'ingest-2', 'worker', 'console', 'sandbox'] as const;
const MEGABYTE = 1_000_000;
const BASE_IMAGE = process.env.CONTAINERS_BASE_IMAGE ?? '';
const REDIS_IMAGE = process.env.CONTAINERS_REDIS_IMAGE ?? '';
const BACKUP_PAGE = readFileSync(join(__dirname, '../../../docs/backup.md'), 'utf8');
/** What docs/backup.md lets a container do with the files of Redis. */
const [, RESTORE = ''] = /sh -c '(rm -rf [^']+)'/.exec(BACKUP_PAGE) ?? [];

let stops: Stops;
let proxy: string;
beforeAll(async () => {
  await Promise.all(['redis', ...SERVICES].map(healthy));
  stops = new Stops(await addressOf('sandbox', 8091));
  proxy = await addressOf('proxy', 8080);
});

const refused = (statuses: Iterable<number>): number[] => [...statuses].filter((status) => status !== 200);

interface Image {
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
  readonly Size: number;
}
const imageOf = async (name: string): Promise<Image> => {
  const [image] = JSON.parse(await docker('image', 'inspect', name)) as [Image];
  return image;
};

describe.each(SERVICES)('the image of %s', (service) => {
  let image: Image;
  beforeAll(async () => {
    image = await imageOf(await inspect<string>(service, '.Image'));
  });

  it('adds less than 100 MB to its base', async () => {
    expect(image.Size - (await imageOf(BASE_IMAGE)).Size).toBeLessThan(100 * MEGABYTE);
  });

  it('runs as a user by number, and checks its health without a shell', () => {
    expect(image.Config.User).toBe('1000:1000');
    expect(image.Config.Healthcheck.Test.slice(0, 2)).toEqual(['CMD', 'node']);
  });

  it('is labelled with its release', () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(image.Config.Labels).toMatchObject({
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': process.env.COMMIT,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });
});

describe('the containers', () => {
  it('refuse a forged STOP, and apply a signed one in Customer.io', async () => {
    const ingest = await addressOf('ingest', 8080);
    const phone = await stops.person();
    expect(await stops.send(ingest, phone, 'f'.repeat(32))).toBe(403);
    expect(await stops.send(ingest, phone)).toBe(200);
    await stops.applied([phone]);
  });

  it('run the command, which knows the configuration and the STOP', async () => {
    const phone = await stops.person();
    expect(await stops.send(proxy, phone)).toBe(200);
    await stops.applied([phone]);
    await expect(optoutSync('config', 'check')).resolves.toMatch(/No errors found\.$/);
    await expect(optoutSync('status')).resolves.toBeTruthy();
    await expect(optoutSync('optouts', 'show', phone)).resolves.toMatch(/applied/);
  });

  it('take what the simulator sends from the network of ingest', async () => {
    const phone = await stops.person();
    await compose('run', '--rm', 'simulate', 'message', '--from', phone, '--body', 'STOP');
    await stops.applied([phone]);
  });

  it('lose no STOP and refuse none while one after another is killed', async () => {
    const sent = await stops.sendDuring(proxy, async () => {
      for (const service of ['worker', 'redis', 'ingest', 'ingest-2']) await killAndStart(service);
    });
    expect(sent.size).toBeGreaterThan(10);
    expect(refused(sent.values())).toEqual([]);
    await stops.applied(sent.keys());
  });

  it('lose no STOP and refuse none while both ingests are replaced', async () => {
    const before = await Promise.all(['ingest', 'ingest-2'].map(containerOf));
    const sent = await stops.sendDuring(proxy, async () => {
      for (const service of ['ingest', 'ingest-2']) {
        await compose('up', '-d', '--no-deps', '--no-build', '--force-recreate', service);
        await healthy(service);
      }
    });
    const after = await Promise.all(['ingest', 'ingest-2'].map(containerOf));
    expect(after.filter((container) => before.includes(container))).toEqual([]);
    expect(sent.size).toBeGreaterThan(10);
    expect(refused(sent.values())).toEqual([]);
    await stops.applied(sent.keys());
  });

  it('have the Redis of a copy that was made and restored as docs/backup.md says', async () => {
    const redis = await containerOf('redis');
    const cli = (...args: string[]) =>
      compose('exec', '-T', 'redis', 'sh', '/usr/local/etc/redis.sh', 'cli', ...args);
    const [before, after] = [await stops.person(), await stops.person()];
    expect(await stops.send(proxy, before)).toBe(200);
    await stops.applied([before]);
    await cli('config', 'set', 'auto-aof-rewrite-percentage', '0');
    expect(await cli('info', 'persistence')).toContain('aof_rewrite_in_progress:0');
    const folder = await mkdtemp(join(tmpdir(), 'optout-sync-copy-'));
    try {
      await docker('cp', `${redis}:/data/appendonlydir`, join(folder, 'copy'));
      expect(await stops.send(proxy, after)).toBe(200);
      await stops.applied([after]);
      await compose('stop', 'worker', 'redis');
      const volumes = ['--volumes-from', redis, '--volume', `${join(folder, 'copy')}:/copy:ro`];
      await docker('run', '--rm', '--network', 'none', ...volumes, REDIS_IMAGE, 'sh', '-c', RESTORE);
      await compose('start', 'redis');
      await healthy('redis');
      await compose('start', 'worker');
      await healthy('worker');
    } finally {
      await rm(folder, { recursive: true });
    }
    await expect(optoutSync('optouts', 'show', before)).resolves.toMatch(/applied/);
    await expect(optoutSync('optouts', 'show', after)).resolves.toContain('has no entry');
  });

  it('have created nobody, and dead-lettered nothing', async () => {
    expect(await stops.created()).toEqual([]);
    expect(JSON.parse(await optoutSync('dlq', 'list', '--json'))).toMatchObject({ total: 0, letters: [] });
  });

  it('take their secrets from files', async () => {
    await composeWithSecrets('up', '-d', '--no-build', 'redis', 'ingest', 'worker');
    await Promise.all(['redis', 'ingest', 'worker'].map(healthy));
    const environment = await inspect<string[]>('ingest', '.Config.Env');
    expect(environment).toContain('TWILIO_AUTH_TOKEN=');
    const phone = await stops.person();
    expect(await stops.send(await addressOf('ingest', 8080), phone)).toBe(200);
    await stops.applied([phone]);
  });

  it.each(['ingest', 'ingest-2', 'worker'])('need at most 256 MB for %s', async (service) => {
    expect(await inspect<number>(service, '.HostConfig.Memory')).toBe(256 * 1024 * 1024);
    expect(await inspect<boolean>(service, '.State.OOMKilled')).toBe(false);
  });

  it.each([...SERVICES, 'redis', 'proxy'])('let %s write to volumes and /tmp alone', async (service) => {
    expect(await inspect<boolean>(service, '.HostConfig.ReadonlyRootfs')).toBe(true);
    expect(await inspect<string[]>(service, '.HostConfig.CapDrop')).toEqual(['ALL']);
    const mounts = await inspect<{ Destination: string }[]>(service, '.Mounts');
    const mountPoints = [...mounts.map(({ Destination }) => Destination), '/usr/sbin/docker-init'];
    const changes = (await docker('diff', await containerOf(service))).split('\n').filter(Boolean);
    // A mount, and the init process of Docker, make a file, and so change the folders above it.
    const written = changes.filter((change) => !mountPoints.some((path) => path.startsWith(change.slice(2))));
    expect(written).toEqual([]);
  });
});
