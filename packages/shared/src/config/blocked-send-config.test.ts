import { DEFAULT_BLOCKED_SENDS } from '../domain/blocked-send';
import { BlockedSendConfig } from './blocked-send-config';

describe('blocked_sends', () => {
  it('is 21610 everywhere, 63014 to review on WhatsApp and RCS, and 30640 on SMS and RCS, by default', () => {
    expect(BlockedSendConfig.parse({})).toEqual(DEFAULT_BLOCKED_SENDS);
    expect(DEFAULT_BLOCKED_SENDS).toEqual({
      sms: { apply: [21610], review: [30640] },
      rcs: { apply: [21610], review: [63014, 30640] },
      whatsapp: { apply: [21610], review: [63014] },
    });
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
    ['quiet hours as an opt-out', { sms: { apply: [21610, 30610] } }, 'sms.apply.1'],
    ['a code in both lists', { sms: { apply: [30004], review: [30004] } }, 'sms.review.0'],
    ['another channel', { messenger: { apply: [1] } }, ''],
    ['a number that is no code', { rcs: { apply: [5] } }, 'rcs.apply.0'],
    ['no list', { rcs: { review: 63014 } }, 'rcs.review'],
  ])('rejects %s', (_, config, path) => {
    const issues = BlockedSendConfig.safeParse(config).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('says why quiet hours are no opt-out', () => {
    const { error } = BlockedSendConfig.safeParse({ rcs: { apply: [30610] } });
    expect(error?.issues).toMatchObject([
      { message: 'is a message within quiet hours, which is no opt-out' },
    ]);
  });
});
