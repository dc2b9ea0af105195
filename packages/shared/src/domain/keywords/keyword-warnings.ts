import { isSpaceless } from './contains-word';
import { foldedWords } from './fold';
import type { KeywordSettings } from './keyword-settings';
import { countryScope, standardScope } from './scopes';
import { FCC_STOP_WORDS } from './standard-words';

/** Warnings for operators about settings that are valid but have surprising effects, one sentence each. */
export function keywordWarnings(settings: KeywordSettings): string[] {
  return [...matchWarnings(settings), ...wordingWarnings(settings), ...fccWarnings(settings)];
}

function matchWarnings(settings: KeywordSettings): string[] {
  if (settings.match === 'exact') return [];
  const scopes = [
    standardScope(settings),
    ...Object.keys(settings.countries).map((country) => countryScope(country, settings)),
  ];
  return [
    'keywords.match is contains: any message that contains an opt-out word opts the person out, also "please cancel my ' +
      'order" and "don\'t stop". Twilio itself requires that the keyword is the whole message.',
    ...(scopes.flat().some(({ word }) => isSpaceless(word))
      ? [
          'keywords.match is contains: words of scripts without spaces, such as Japanese, are found inside longer words too.',
        ]
      : []),
  ];
}

function wordingWarnings({ wording }: KeywordSettings): string[] {
  return wording === 'apply'
    ? [
        'keywords.wording is apply: a message such as "please stop texting me" opts the person out, though Twilio does not ' +
          'block the number for it. docs/keywords.md has the measured error rates.',
      ]
    : [];
}

function fccWarnings(settings: KeywordSettings): string[] {
  if (!settings.countries['US']?.stop) return [];
  const configured = new Set(
    countryScope('US', settings)
      .filter(({ kind }) => kind === 'stop')
      .map(({ word }) => foldedWords(word)),
  );
  const missing = FCC_STOP_WORDS.filter((word) => !configured.has(word));
  return missing.length === 0
    ? []
    : [
        `keywords.countries.US.stop leaves out ${missing.join(', ')}: 47 CFR 64.1200(a)(10) makes them opt-outs.`,
      ];
}
