import { customerIoNews } from './worker-news';

const line = (fields: object): string => JSON.stringify({ level: 40, service: 'worker', ...fields });

test.each([
  [
    {
      code: 'customerio_unreachable',
      message: 'connect ECONNREFUSED',
      msg: 'could not check the access to Customer.io; starting anyway',
    },
    'worker: could not check the access to Customer.io; starting anyway: connect ECONNREFUSED',
  ],
  [
    {
      code: 'customerio_down',
      workspace: 'default',
      api: 'app',
      reason: 'customerio_timeout',
      msg: 'Customer.io is down: jobs wait for it',
    },
    'worker: Customer.io is down: jobs wait for it [default, app]: customerio_timeout',
  ],
  [
    { workspace: 'default', api: 'app', msg: 'Customer.io works again' },
    'worker: Customer.io works again [default, app]',
  ],
])('%j is said in the terminal', (fields, said) => {
  expect(customerIoNews(line(fields))).toBe(said);
});

test.each([line({ msg: 'worker consumes jobs', adminPort: 1 }), 'no JSON', '{"msg":1}'])(
  '%s is not',
  (other) => {
    expect(customerIoNews(other)).toBeUndefined();
  },
);
