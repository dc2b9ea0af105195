import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { foldedWords } from '../domain/keywords/fold';
import { READY_LANGUAGES, isReadyLanguage } from '../domain/keywords/language-lists';
import { countryScope, standardScope, type PlacedWord } from '../domain/keywords/scopes';
import { alwaysRun } from './zod';

const Word = z
  .string({ error: 'must be text: put it in quotes' })
  .refine((word) => foldedWords(word) !== '', 'holds no letter or digit');
const Words = z.array(Word, { error: 'must be a list of words' }).optional();
const Lists = z.strictObject({ stop: Words, start: Words, help: Words });

/** Not a z.union, which would hide which word of a list is wrong. */
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

/** A refinement of lists by language or country that reports invalid codes together with other errors. */
function checkCodes(
  errorOf: (code: string, lists: unknown) => string | undefined,
): (lists: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx) => void {
  return (lists, context) => {
    if (Array.isArray(lists)) return;
    for (const [code, list] of Object.entries(lists)) {
      const message = errorOf(code, list);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [code], message });
    }
  };
}

/**
 * The `keywords` section of the configuration; docs/keywords.md explains each setting. `{}` is Twilio's defaults. Errors
 * show the path of a value, never the value.
 */
export const KeywordConfig = z
  .strictObject({
    match: z.enum(['exact', 'contains']).default('exact'),
    wording: Wording,
    languages: z
      .record(z.string(), LanguageLists)
      .superRefine(checkCodes(languageError), alwaysRun)
      .default({}),
    countries: z.record(z.string(), Lists).superRefine(checkCodes(countryError), alwaysRun).default({}),
  })
  .superRefine((config, context) => {
    const errors = [
      ...contradictions(standardScope(config)),
      ...Object.keys(config.countries).flatMap((country) => contradictions(countryScope(country, config))),
    ];
    const reported = new Set<string>();
    for (const { path, message } of errors) {
      const key = JSON.stringify([path, message]);
      if (!reported.has(key)) context.addIssue({ code: 'custom', path: [...path], message });
      reported.add(key);
    }
  });
export type KeywordConfig = z.infer<typeof KeywordConfig>;

function languageError(language: string, lists: unknown): string | undefined {
  if (!LANGUAGE.test(language)) return 'is not a language code (such as es or pt-BR)';
  return lists === 'default' && !isReadyLanguage(language)
    ? `has no ready-made list; there are ${READY_LANGUAGES.join(', ')}`
    : undefined;
}

function countryError(country: string): string | undefined {
  return isSupportedCountry(country)
    ? undefined
    : 'is not a country code (ISO 3166-1, two capitals, such as FR)';
}

interface Contradiction {
  readonly path: PlacedWord['path'];
  readonly message: string;
}

/** The words of a scope that have two meanings. */
function contradictions(scope: readonly PlacedWord[]): Contradiction[] {
  const first = new Map<string, PlacedWord>();
  const found: Contradiction[] = [];
  for (const word of scope) {
    const folded = foldedWords(word.word);
    const other = first.get(folded);
    if (!other) first.set(folded, word);
    else if (other.kind !== word.kind) found.push(contradiction(word, other));
  }
  return found;
}

function contradiction(one: PlacedWord, two: PlacedWord): Contradiction {
  const [here, there] = one.path.length > 0 ? [one, two] : [two, one];
  const where = there.path.length > 0 ? `is in ${there.path.join('.')}` : 'is a standard word';
  return { path: here.path, message: `means ${here.kind} here, but also ${there.kind}: it ${where}` };
}
