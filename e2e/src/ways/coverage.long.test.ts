import { waitFor } from '@optout-sync/local-runtime/process';
import { inParallel } from '@optout-sync/testkit/system';
import { Scene } from './scene';
import type { Way } from './way';
import { WAYS } from './ways';
import { OUTAGES } from './ways-delivered';
import { startWorld, type World } from './world';

jest.setTimeout(300_000);

/*
 * The tables of docs/coverage.md: each row says no in its way to a running system and to a Function of ten lines, and is looked up in
 * the Customer.io of each.
 */

let world: World;
let scenes: readonly Scene<Way>[];
beforeAll(async () => {
  world = await startWorld();
  scenes = WAYS.map((way, n) => new Scene(world, way, `+1415${String(5_600_000 + n)}`));
  const [together, alone] = [false, true].map((apart) =>
    scenes.filter(({ way }) => OUTAGES.includes(way) === apart),
  );
  await inParallel(together ?? [], 12, async (scene) => {
    await scene.way.tell(scene);
  });
  await together?.[0]?.command('backfill', '--since', '1h');
  await untilAsExpected(together ?? []);
  for (const scene of alone ?? []) await scene.way.tell(scene);
  await untilAsExpected(scenes);
});
afterAll(() => world.stop());

/** Waits until nothing is left to do and each has its result. The tests say which has not. */
async function untilAsExpected(some: readonly Scene<Way>[]): Promise<void> {
  const { inbound, syncOf, people } = world.system.queues;
  const waits = { what: 'the results', timeoutMs: 60_000, everyMs: 50 };
  await waitFor(async () => {
    for (const queue of [inbound, people, syncOf('default')])
      if ((await queue.getJobCountByTypes('wait', 'prioritized', 'active')) > 0) return false;
    const results = await Promise.all(some.map((scene) => scene.result()));
    return some.every(({ way }, n) => way.result === results[n]);
  }, waits).catch(() => undefined);
}

it.each([...WAYS.entries()].map(([n, { way }]) => ({ n, way })))('$way', async ({ n }) => {
  const scene = scenes[n]!;
  const { result, ofFunction, also } = scene.way;
  expect(await scene.result()).toBe(result);
  if (ofFunction !== undefined) expect(scene.resultOfFunction()).toBe(ofFunction);
  await also?.(scene);
});

it('creates nobody and leaves no dead letter', async () => {
  expect(world.system.sandbox.workspace().createdPeople()).toEqual([]);
  expect((await world.system.queues.deadLetters.size()).count).toBe(0);
});
