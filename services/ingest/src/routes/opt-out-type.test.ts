import fc from 'fast-check';
import { DEFAULT_KEYWORDS, createBlockedSends, createClassifier } from '@optout-sync/shared/domain';
import { parseCloudEvent } from '@optout-sync/shared/event-streams';
import { TWILIO_ACCOUNT_SID, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';
import { parseMessage } from './messages/parse';
import { parseStudioCall } from './studio/parse';

const NOW = 1_790_000_000_000;
const BODIES = ['STOP', 'START', 'HELP', 'YES', 'UNSTOP', 'please stop texting me', 'stop promotions', ''];

/** Twilio's classification, as it may be spelled. */
const optOutType = fc.tuple(
  fc.constantFrom('STOP', 'START', 'HELP'),
  fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toLowerCase(),
    (text: string) => ` ${text} `,
  ),
);
const message = fc.record({
  given: optOutType,
  body: fc.oneof(fc.constantFrom(...BODIES), fc.string({ unit: 'grapheme', maxLength: 60 })),
  to: fc.constantFrom('+15005550006', '+18005550006', 'whatsapp:+15005550006', '12345'),
  match: fc.constantFrom('exact' as const, 'contains' as const),
  wording: fc.constantFrom('off' as const, 'flag' as const, 'apply' as const),
  /** The name of Twilio's field in an event, and another one that is empty. */
  names: fc.constantFrom(
    ['optOutType', 'OptOutType'],
    ['OptOutType', 'optOutType'],
    ['opt_out_type', 'optOutType'],
  ),
  empty: fc.constantFrom(undefined, null, '', ' ', 7),
});

it("has the kind that Twilio's OptOutType says, by every route and under every setting, whatever the body is", () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(message, ({ given: [type, spell], body, to, match, wording, names, empty }) => {
      const classify = createClassifier({ ...DEFAULT_KEYWORDS, match, wording });
      const spelled = spell(type);
      const button = { ButtonPayload: 'STOP' };
      const [name = '', other = ''] = names;
      const event = streamInbound({
        body,
        to,
        buttonPayload: 'STOP',
        [other]: empty,
        [name]: spelled,
      });
      const results = [
        parseMessage(
          twilioMessage({ From: '+14155550101', To: to, Body: body, OptOutType: spelled, ...button }),
          NOW,
          classify,
        ),
        parseCloudEvent(event, NOW, { classify, blockedSends: createBlockedSends() }),
        parseStudioCall(
          {
            params: { from: '+14155550101', to, body, optOutType: spelled },
            accountSid: TWILIO_ACCOUNT_SID,
          },
          NOW,
          classify,
        ),
      ];
      for (const result of results) {
        expect(result).toMatchObject({ kind: 'event', event: { kind: type.toLowerCase() } });
        expect(result).not.toHaveProperty('event.phrase');
        kinds.add(type);
      }
    }),
    { numRuns: 500 },
  );
  expect(kinds.size).toBe(3);
});
