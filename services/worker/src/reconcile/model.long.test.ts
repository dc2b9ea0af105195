import { describeModel } from '../test-support/reconcile-model/describe-model';

jest.setTimeout(600_000);

describeModel('1-200');
