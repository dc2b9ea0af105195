import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGE_LISTS, READY_LANGUAGES } from './language-lists';
import { classifierOf } from './test-support/classifier';
import { decorated, spellings } from './test-support/variants';

const DOCS = readFileSync(join(__dirname, '../../../../../docs/keywords.md'), 'utf8').replace(/ +/g, ' ');

const EXAMPLES = {
  es: ['baja', 'cancelar', 'alto'],
  fr: ['arrêt', 'Arrêter', 'désabonner'],
  de: ['stopp', 'abmelden', 'kündigen'],
  pt: ['sair', 'parar', 'descadastrar'],
  ja: ['停止', '配信停止', 'ストップ', 'ｽﾄｯﾌﾟ'],
} as const;

describe.each(READY_LANGUAGES)('the ready-made list for %s', (language) => {
  const classified = classifierOf({ languages: { [language]: 'default' } });

  it.each(EXAMPLES[language].flatMap((word) => [...spellings(word), ...decorated(word)]))(
    'classifies %p as an opt-out',
    (body) => {
      expect(classified(body).kind).toBe('stop');
    },
  );

  it.each(LANGUAGE_LISTS[language].start.flatMap(spellings))('classifies %p as an opt-in', (body) => {
    expect(classified(body).kind).toBe('start');
  });

  it.each(LANGUAGE_LISTS[language].help)('classifies %p as a request for help', (body) => {
    expect(classified(body).kind).toBe('help');
  });

  it('is in docs/keywords.md', () => {
    const { stop, start, help } = LANGUAGE_LISTS[language];
    const row = [`\`${language}\``, ...[stop, start, help].map((words) => words.join(', '))];
    expect(DOCS).toContain(`| ${row.join(' | ')} |`);
  });

  it('is added to the standard words where it is named, and only there', () => {
    expect(classified('QUIT').kind).toBe('stop');
    expect(classifierOf({})(EXAMPLES[language][0]).kind).toBe('none');
  });
});

it.each([
  ['es', 'no pares'],
  ['es', 'baja el precio por favor'],
  ['fr', "l'arrêt de bus"],
  ['de', 'bitte nicht abmelden'],
  ['pt', 'vou sair agora'],
  ['ja', '配信停止しないで'],
  ['ja', 'ノンストップ'],
])('finds no keyword of %s in %p, which is more than the keyword', (language, body) => {
  expect(classifierOf({ languages: { [language]: 'default' } })(body)).toEqual({ kind: 'none' });
});

describe('all five lists together', () => {
  it('do not contradict each other', () => {
    const languages = Object.fromEntries(READY_LANGUAGES.map((language) => [language, 'default' as const]));
    expect(classifierOf({ languages })('STOP').kind).toBe('stop');
  });
});
