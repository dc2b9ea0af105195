import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns, type Pause } from './turns';

/** Keeps the event loop for some ms. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Works for 200 ms in steps of 5 ms. */
async function longWork(pause: Pause): Promise<void> {
  for (let step = 0; step < 40; step++) {
    work(5);
    await pause();
  }
}

/** How many turns of the event loop there are until then. */
async function turnsDuring(done: Promise<unknown>): Promise<number> {
  let turns = 0;
  for (const pending = Symbol(); (await Promise.race([done, nextTurn(pending)])) === pending;) turns += 1;
  return turns;
}

describe('long work', () => {
  it('leaves the event loop after each 20 ms', async () => {
    expect(await turnsDuring(new Turns().take(longWork))).toBeGreaterThanOrEqual(8);
  });

  it('shares no turn of the event loop with other long work', async () => {
    const turns = new Turns();
    const both = Promise.all([turns.take(longWork), turns.take(longWork), turns.take(longWork)]);
    expect(await turnsDuring(both)).toBeGreaterThanOrEqual(24);
  });

  it('does not leave the event loop when it is short', async () => {
    let paused = false;
    await new Turns().take(async (pause) => {
      paused = pause() !== undefined;
      await Promise.resolve();
    });
    expect(paused).toBe(false);
  });

  it('begins in the order of the requests, whether or not those before succeed', async () => {
    const turns = new Turns();
    const order: number[] = [];
    const results = await Promise.allSettled([
      turns.take(async () => {
        await nextTurn();
        order.push(1);
        throw new Error('no');
      }),
      turns.take(() => Promise.resolve(order.push(2))),
    ]);
    expect(order).toEqual([1, 2]);
    expect(results).toEqual([
      { status: 'rejected', reason: new Error('no') },
      { status: 'fulfilled', value: 2 },
    ]);
  });
});
