import { FAULTS, IN_CI, expectAlerts } from './support/alert-faults';

jest.setTimeout(240_000);

it.each(FAULTS.filter(({ fault }) => IN_CI.has(fault)))(
  '$fault fires $alerts and no other alert',
  expectAlerts,
);
