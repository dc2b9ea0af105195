import { LANGUAGE_LISTS, isReadyLanguage } from './language-lists';
import { FIXED_WORDS, STANDARD_WORDS, type KeywordKind, type WordLists } from './standard-words';

const KINDS = ['stop', 'start', 'help'] as const satisfies readonly KeywordKind[];

type PartialLists = { readonly [Kind in KeywordKind]?: readonly string[] | undefined };

/** The configured lists; `config/keyword-config.ts` has their schema. */
export interface ConfiguredLists {
  readonly languages: Readonly<Record<string, 'default' | PartialLists>>;
  readonly countries: Readonly<Record<string, PartialLists>>;
}

/** A word that applies, with its path in the configuration; standard words have an empty path. */
export interface PlacedWord {
  readonly kind: KeywordKind;
  readonly word: string;
  readonly path: readonly (string | number)[];
}

/** The words that apply where no country list does: the standard words and those of every language. */
export function standardScope({ languages }: ConfiguredLists): PlacedWord[] {
  return [
    ...placed(STANDARD_WORDS, () => []),
    ...Object.entries(languages).flatMap(([language, lists]) =>
      lists === 'default'
        ? placed(isReadyLanguage(language) ? LANGUAGE_LISTS[language] : {}, () => ['languages', language])
        : placed(lists, (kind, index) => ['languages', language, kind, index]),
    ),
  ];
}

/**
 * The words that apply in a country with its own lists. A list replaces the words of its kind, those of languages
 * included, except the words that Twilio does not allow to remove. A kind without a list keeps the standard words, so that
 * a list of opt-ins removes no opt-out.
 */
export function countryScope(country: string, config: ConfiguredLists): PlacedWord[] {
  const lists = config.countries[country] ?? {};
  const standard = standardScope(config);
  return KINDS.flatMap((kind) => {
    const own = lists[kind];
    if (!own) return standard.filter((word) => word.kind === kind);
    return [
      ...placed({ [kind]: FIXED_WORDS[kind] }, () => []),
      ...placed({ [kind]: own }, (_, index) => ['countries', country, kind, index]),
    ];
  });
}

function placed(
  lists: PartialLists | WordLists,
  path: (kind: KeywordKind, index: number) => PlacedWord['path'],
): PlacedWord[] {
  return KINDS.flatMap((kind) =>
    (lists[kind] ?? []).map((word, index) => ({ kind, word, path: path(kind, index) })),
  );
}
