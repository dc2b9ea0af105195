import { joinCalls } from './join-calls';

describe('joinCalls', () => {
  it('joins the calls of a group and turn, each of which has its own result or error', async () => {
    const run = jest.fn((items: readonly number[]) =>
      Promise.resolve(items.map((item) => (item === 2 ? new Error('two') : item * 10))),
    );
    const call = joinCalls((item: number) => (item < 10 ? 'low' : 'high'), run);
    const called = await Promise.allSettled([1, 11, 2, 12].map(call));
    expect(called.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      10,
      110,
      'Error: two',
      120,
    ]);
    await call(3);
    expect(run.mock.calls).toEqual([
      [[1, 2], 'low'],
      [[11, 12], 'high'],
      [[3], 'low'],
    ]);
  });

  it('has a group that waits or fails hold up no other', async () => {
    const call = joinCalls(
      (item: string) => item,
      (items, group) => {
        if (group === 'waits') return new Promise<string[]>(() => undefined);
        return group === 'fails' ? Promise.reject(new Error('refused')) : Promise.resolve([...items]);
      },
    );
    void call('waits');
    const [refused, served] = await Promise.allSettled([call('fails'), call('works')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'refused' } });
    expect(served).toMatchObject({ status: 'fulfilled', value: 'works' });
  });
});
