import { describeModel } from '../test-support/reconcile-model/describe-model';

jest.setTimeout(300_000);

/** A few of the 200 seeds of model.long.test.ts. */
describeModel('1-6,16-18');
