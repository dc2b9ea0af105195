import { stringify } from 'yaml';
import { createClassifier, type Classify, type KeywordSettings } from '@optout-sync/shared/domain';
import { readCampaigns, type RestClient, type Senders } from '@optout-sync/twilio-api';
import { ok, problem, type Finding } from './finding';

type Kind = 'stop' | 'start' | 'help';
type Missing = Readonly<Record<Kind, readonly string[]>>;

/**
 * Compares the keywords of the A2P campaigns, which are for US numbers, with ours.
 *
 * @throws {TwilioApiError}
 */
export async function checkKeywords(
  client: RestClient,
  { services }: Senders,
  settings: KeywordSettings,
): Promise<Finding[]> {
  const classify = createClassifier(settings);
  const missing: Record<Kind, Set<string>> = { stop: new Set(), start: new Set(), help: new Set() };
  const campaignsOf: string[] = [];
  let count = 0;
  for (const { sid, phones } of services) {
    const campaigns = await readCampaigns(client, sid);
    count += campaigns.length;
    for (const campaign of campaigns) {
      const found = missingWords(campaign.keywords, classify, phones.length > 0 ? phones : [sid]);
      if (Object.values(found).some((words) => words.length > 0)) campaignsOf.push(sid);
      for (const kind of Object.keys(found) as Kind[])
        for (const word of found[kind]) missing[kind].add(word);
    }
  }
  if (count === 0) return [];
  if (campaignsOf.length === 0) {
    return [ok('webhooks', `the keywords of ${String(count)} A2P campaigns are known here`)];
  }
  const lists = Object.fromEntries(
    Object.entries(missing)
      .filter(([, words]) => words.size > 0)
      .map(([kind, words]) => [kind, [...words]]),
  );
  const words = Object.entries(lists).map(([kind, list]) => `${list.join(', ')} (${kind})`);
  const what = `A2P campaigns of ${[...new Set(campaignsOf)].join(', ')} have keywords that are unknown here: ${words.join('; ')}`;
  return [problem('webhooks', 'keywords_missing', what, { yaml: toYaml(lists, settings) })];
}

/** A language code of its own, so that no list is replaced. */
const LANGUAGE = 'en-a2p';

/** The lines to add. A list for the US replaces those of languages, so the words go into it where there is one. */
function toYaml(lists: Partial<Record<Kind, readonly string[]>>, { countries }: KeywordSettings): string {
  const us = countries.US ?? {};
  const kinds = Object.keys(lists) as Kind[];
  const language = kinds.filter((kind) => us[kind] === undefined);
  const country = kinds.filter((kind) => us[kind] !== undefined);
  return stringify({
    keywords: {
      ...(language.length > 0 && {
        languages: { [LANGUAGE]: Object.fromEntries(language.map((kind) => [kind, lists[kind]])) },
      }),
      ...(country.length > 0 && {
        countries: {
          US: Object.fromEntries(
            country.map((kind) => [kind, [...(us[kind] ?? []), ...(lists[kind] ?? [])]]),
          ),
        },
      }),
    },
  }).trimEnd();
}

/** The words of a campaign that mean something else at each of its numbers. A word is what somebody would send, alone. */
function missingWords(keywords: Missing, classify: Classify, numbers: readonly string[]): Missing {
  const unknown = (kind: Kind): string[] =>
    keywords[kind].filter((body) => !numbers.some((to) => classify({ body, to }).kind === kind));
  return { stop: unknown('stop'), start: unknown('start'), help: unknown('help') };
}
