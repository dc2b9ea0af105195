import { isSpaceless } from './contains-word';
import { foldedWords } from './fold';
import type { KeywordConfig } from './keyword-config';
import { countryScope, standardScope } from './scopes';
import { FCC_STOP_WORDS } from './standard-words';

/** What to tell an operator at start about settings that are allowed and may surprise, one sentence each. */
export function keywordWarnings(config: KeywordConfig): string[] {
  return [...matchWarnings(config), ...wordingWarnings(config), ...fccWarnings(config)];
}

function matchWarnings(config: KeywordConfig): string[] {
  if (config.match === 'exact') return [];
  const scopes = [
    standardScope(config),
    ...Object.keys(config.countries).map((country) => countryScope(country, config)),
  ];
  return [
    'keywords.match is contains: any message with an opt-out word in it opts the person out, "please cancel my order" ' +
      'and "don\'t stop" too. Twilio itself takes only a message that is nothing but the keyword.',
    ...(scopes.flat().some(({ word }) => isSpaceless(word))
      ? [
          'keywords.match is contains: words of scripts without spaces, such as Japanese, are found inside longer words too.',
        ]
      : []),
  ];
}

function wordingWarnings({ wording }: KeywordConfig): string[] {
  return wording === 'apply'
    ? [
        'keywords.wording is apply: a message such as "please stop texting me" opts the person out, though Twilio does not ' +
          'block the number for it. docs/keywords.md says how often that errs.',
      ]
    : [];
}

function fccWarnings(config: KeywordConfig): string[] {
  if (!config.countries['US']?.stop) return [];
  const kept = new Set(
    countryScope('US', config)
      .filter(({ kind }) => kind === 'stop')
      .map(({ word }) => foldedWords(word)),
  );
  const missing = FCC_STOP_WORDS.filter((word) => !kept.has(word));
  return missing.length === 0
    ? []
    : [
        `keywords.countries.US.stop leaves out ${missing.join(', ')}: 47 CFR 64.1200(a)(10) makes them opt-outs.`,
      ];
}
