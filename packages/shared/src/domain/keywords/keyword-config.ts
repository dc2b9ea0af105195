import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { alwaysRun } from '../whatever-else';
import { foldedWords } from './fold';
import { READY_LANGUAGES, isReadyLanguage } from './language-lists';
import { countryScope, standardScope, type PlacedWord } from './scopes';

const Word = z
  .string({ error: 'must be text: put it in quotes' })
  .refine((word) => foldedWords(word) !== '', 'holds no letter or digit');
const Words = z.array(Word, { error: 'must be a list of words' }).optional();
const Lists = z.strictObject({ stop: Words, start: Words, help: Words });

/** Not a z.union: that would hide which word of a list is wrong. */
const LanguageLists = z.unknown().transform((value, context): 'default' | z.infer<typeof Lists> => {
  if (value === 'default') return value;
  if (typeof value === 'string' || typeof value !== 'object') {
    context.addIssue('must be default, or lists of stop, start and help words');
    return z.NEVER;
  }
  const lists = Lists.safeParse(value);
  if (lists.success) return lists.data;
  for (const issue of lists.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});

const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/;

/** YAML 1.1 reads a bare `off` as false. */
const Wording = z.preprocess(
  (value) => (value === false ? 'off' : value),
  z.enum(['off', 'flag', 'apply']).default('off'),
);

/** A refinement of lists by code: the codes that are none, told beside whatever is wrong with the lists. */
function refusing(
  mistakeOf: (code: string, lists: unknown) => string | undefined,
): (lists: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx) => void {
  return (lists, context) => {
    if (Array.isArray(lists)) return;
    for (const [code, list] of Object.entries(lists)) {
      const message = mistakeOf(code, list);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [code], message });
    }
  };
}

/**
 * The `keywords` section of the configuration; docs/keywords.md explains each setting. `{}` is Twilio's defaults.
 * Mistakes name where they stand and never what stands there.
 */
export const KeywordConfig = z
  .strictObject({
    match: z.enum(['exact', 'contains']).default('exact'),
    wording: Wording,
    languages: z
      .record(z.string(), LanguageLists)
      .superRefine(refusing(languageMistake), alwaysRun)
      .default({}),
    countries: z.record(z.string(), Lists).superRefine(refusing(countryMistake), alwaysRun).default({}),
  })
  .superRefine((config, context) => {
    const mistakes = [
      ...contradictions(standardScope(config)),
      ...Object.keys(config.countries).flatMap((country) => contradictions(countryScope(country, config))),
    ];
    const seen = new Set<string>();
    for (const { path, message } of mistakes) {
      const key = JSON.stringify([path, message]);
      if (!seen.has(key)) context.addIssue({ code: 'custom', path: [...path], message });
      seen.add(key);
    }
  });
export type KeywordConfig = z.infer<typeof KeywordConfig>;

interface Mistake {
  readonly path: PlacedWord['path'];
  readonly message: string;
}

function languageMistake(language: string, lists: unknown): string | undefined {
  if (!LANGUAGE.test(language)) return 'is no language code (such as es or pt-BR)';
  return lists === 'default' && !isReadyLanguage(language)
    ? `has no ready-made list; there are ${READY_LANGUAGES.join(', ')}`
    : undefined;
}

function countryMistake(country: string): string | undefined {
  return isSupportedCountry(country)
    ? undefined
    : 'is no country code (ISO 3166-1, two capitals, such as FR)';
}

/** Words that would mean two things at once in one scope. */
function contradictions(scope: readonly PlacedWord[]): Mistake[] {
  const first = new Map<string, PlacedWord>();
  const mistakes: Mistake[] = [];
  for (const word of scope) {
    const folded = foldedWords(word.word);
    const other = first.get(folded);
    if (!other) first.set(folded, word);
    else if (other.kind !== word.kind) mistakes.push(contradiction(word, other));
  }
  return mistakes;
}

function contradiction(one: PlacedWord, two: PlacedWord): Mistake {
  const [here, there] = one.path.length > 0 ? [one, two] : [two, one];
  const where = there.path.length > 0 ? `stands in ${there.path.join('.')}` : 'is a standard word';
  return { path: here.path, message: `means ${here.kind} here, but also ${there.kind}: it ${where}` };
}
