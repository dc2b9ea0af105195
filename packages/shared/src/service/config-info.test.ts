import { registerConfigInfo } from './config-info';
import { createRegistry } from './registry';

async function infoOf(shared: readonly unknown[]): Promise<string> {
  const registry = createRegistry('worker');
  const redis = { mode: 'standalone', prefix: 'optout', url: 'redis://:s3cret@host' } as const;
  registerConfigInfo(registry, { redis, logLevel: 'info' }, shared);
  return /^optout_config_info.*$/m.exec(await registry.metrics())?.[0] ?? '';
}

test('the configuration of a process has a digest, which is another where a setting is', async () => {
  const one = await infoOf([{ policy: 'any' }]);
  expect(one).toMatch(
    /^optout_config_info{redis_mode="standalone",log_level="info",digest="[\da-f]{12}",service="worker"} 1$/,
  );
  expect(await infoOf([{ policy: 'any' }])).toBe(one);
  expect(await infoOf([{ policy: 'last' }])).not.toBe(one);
});
