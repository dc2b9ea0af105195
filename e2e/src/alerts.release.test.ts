import { FAULTS, expectAlerts } from './support/alert-faults';

jest.setTimeout(240_000);

it.each(FAULTS.filter(({ inCi }) => !inCi))('$fault fires $alerts and no other alert', expectAlerts);
