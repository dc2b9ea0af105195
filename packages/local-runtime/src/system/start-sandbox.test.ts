import { startSandbox } from './start-sandbox';

test("the sandbox's log holds none of its keys", async () => {
  const lines: string[] = [];
  const { service, env } = await startSandbox((line) => lines.push(line));
  await service.stop();
  const log = [...lines, ...service.logs()].join('\n');
  expect(log).toContain('ready');
  for (const name of ['CUSTOMERIO_SITE_ID', 'CUSTOMERIO_TRACK_API_KEY', 'CUSTOMERIO_APP_API_KEY']) {
    expect(env[name]).toMatch(/\S{4,}/);
    expect(log).not.toContain(env[name]);
  }
});
