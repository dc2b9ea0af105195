import type { InboundEvent } from '@optout-sync/shared/domain';
import type { RecordEvents } from '../jobs/record-job';
import { inboundEvent } from '../test-support/worker-harness';
import { countingOptOuts } from './count-opt-outs';

const PHONE = '+14155550101';
const SENDER = '+15005550006';
const FIRST = { attempt: 1, waitedMs: 0 };

const countOf = (given: Partial<InboundEvent>, lane: 'live' | 'background' = 'live'): number => {
  let optOuts = 0;
  const ignore = (): void => undefined;
  const telemetry: RecordEvents = { recorded: ignore, superseded: ignore, deadLettered: ignore };
  const counting = countingOptOuts(telemetry, { add: (_, __, count) => void (optOuts += count) });
  const event = inboundEvent(PHONE, { sender: SENDER, ...given });
  counting.recorded([{ event, workspace: 'default', result: 'recorded', counted: 'recorded' }], lane, FIRST);
  return optOuts;
};

describe('the opt-outs of a sender', () => {
  it.each<[number, string, Partial<InboundEvent>]>([
    [1, 'a keyword', {}],
    [1, 'wording', { phrase: 'leave_me_alone' }],
    [0, 'a START', { kind: 'start' }],
    [0, 'an opt-out by hand', { source: 'manual' }],
    [0, 'an opt-out that another system reports', { source: 'manual', reason: 'api' }],
    [0, 'an opt-out that was set at Customer.io', { source: 'manual', reason: 'customerio' }],
    [0, 'a block that Twilio reports', { source: 'status_callback' }],
  ])('count %d for %s', (count, _, event) => {
    expect(countOf(event)).toBe(count);
  });

  it('count none that are recorded later', () => {
    expect(countOf({}, 'background')).toBe(0);
  });
});
