import { AfterJobs } from './after-jobs';

function openWork() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const work = new Promise<void>((...ends) => ([resolve, reject] = ends));
  return { work, resolve, reject };
}

const isSettled = async (settling: Promise<void>): Promise<boolean> => {
  let settled = false;
  void settling.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
};

it('settles at once without work', async () => {
  expect(await isSettled(new AfterJobs().settle())).toBe(true);
});

it('settles when all work has ended, also that which failed and that which was added meanwhile', async () => {
  const after = new AfterJobs();
  const [ends, fails, endsLast] = [openWork(), openWork(), openWork()];
  after.add(ends.work);
  after.add(fails.work);
  const settling = after.settle();
  after.add(endsLast.work);
  ends.resolve();
  fails.reject(new Error('Redis'));
  expect(await isSettled(settling)).toBe(false);
  endsLast.resolve();
  expect(await isSettled(settling)).toBe(true);
});
