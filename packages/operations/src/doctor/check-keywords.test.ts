import { createClassifier, DEFAULT_KEYWORDS, type KeywordSettings } from '@optout-sync/shared/domain';
import { parse } from 'yaml';
import {
  TWILIO_ACCOUNT_SID as SID,
  addCampaign,
  addNumber,
  addService,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { RestClient, readServices } from '@optout-sync/twilio-api';
import { checkKeywords } from './check-keywords';

const TOKEN = '0123456789abcdef0123456789abcdef';
const OURS = '+14155550006';

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN });
});
afterEach(() => api.stop());

async function check(keywords: Partial<Parameters<typeof addCampaign>[2]>, settings: KeywordSettings) {
  const account = api.account(SID);
  const { sid } = addService(account, 'Offers', { numbers: [addNumber(account, OURS)] });
  addCampaign(account, sid, keywords);
  const client = new RestClient({ account: { sid: SID, authTokens: [TOKEN] }, apiUrl: api.url });
  return checkKeywords(client, { numbers: [], services: await readServices(client) }, settings);
}

it('knows the words of Twilio, in any case', async () => {
  const words = {
    opt_out_keywords: ['Stop', 'OptOut', 'REVOKE'],
    opt_in_keywords: ['start'],
    help_keywords: ['INFO'],
  };
  expect(await check(words, DEFAULT_KEYWORDS)).toMatchObject([{ level: 'ok' }]);
});

it.each<[string, KeywordSettings]>([
  ['where there are no lists', DEFAULT_KEYWORDS],
  [
    'beside a list for the US, which replaces those of languages',
    { ...DEFAULT_KEYWORDS, countries: { US: { stop: ['NIX'] } } },
  ],
])('proposes lines by which all words are known, %s', async (_, settings) => {
  const words = { opt_out_keywords: ['STOP', 'ARRET'], opt_in_keywords: ['JOIN'], help_keywords: ['HELP'] };
  const [finding] = await check(words, settings);
  expect(finding).toMatchObject({ code: 'keywords_missing' });
  const { keywords } = parse(finding!.yaml!) as {
    keywords: Pick<KeywordSettings, 'languages'> & Partial<KeywordSettings>;
  };
  const classify = createClassifier({ ...settings, ...keywords });
  const kinds = ['STOP', 'ARRET', 'JOIN', ...(settings.countries.US ? ['NIX'] : [])].map(
    (body) => classify({ body, to: OURS }).kind,
  );
  expect(kinds.slice(0, 3)).toEqual(['stop', 'stop', 'start']);
  expect(kinds[3] ?? 'stop').toBe('stop');
});
