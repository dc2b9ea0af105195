import { DEFAULT_BLOCKED_SENDS } from '../domain/blocked-send';
import { BlockedSendConfig } from './blocked-send-config';

describe('blocked_sends', () => {
  it('is 21610 everywhere, and 63014 to review on WhatsApp and RCS, by default', () => {
    expect(BlockedSendConfig.parse({})).toEqual(DEFAULT_BLOCKED_SENDS);
  });

  it('replaces a list of one channel and moves a code between the lists', () => {
    const config = BlockedSendConfig.parse({
      whatsapp: { apply: [21610, 63014] },
      sms: { review: [30004, 21610] },
    });
    expect(config).toEqual({
      sms: { apply: [], review: [30004, 21610] },
      rcs: DEFAULT_BLOCKED_SENDS.rcs,
      whatsapp: { apply: [21610, 63014], review: [] },
    });
  });

  it.each([
    ['a code in both lists', { sms: { apply: [30004], review: [30004] } }, 'sms.review.0'],
    ['another channel', { messenger: { apply: [1] } }, ''],
    ['a number that is no code', { rcs: { apply: [5] } }, 'rcs.apply.0'],
    ['no list', { rcs: { review: 63014 } }, 'rcs.review'],
  ])('rejects %s', (_, config, path) => {
    const issues = BlockedSendConfig.safeParse(config).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
