import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGE_LISTS, READY_LANGUAGES } from './language-lists';
import { judge } from './test-support/classified';
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
  const judged = judge({ languages: { [language]: 'default' } });

  it.each(EXAMPLES[language].flatMap((word) => [...spellings(word), ...decorated(word)]))(
    'takes %p for an opt-out',
    (body) => {
      expect(judged(body).kind).toBe('stop');
    },
  );

  it.each(LANGUAGE_LISTS[language].start.flatMap(spellings))('takes %p for an opt-in', (body) => {
    expect(judged(body).kind).toBe('start');
  });

  it.each(LANGUAGE_LISTS[language].help)('takes %p for a call for help', (body) => {
    expect(judged(body).kind).toBe('help');
  });

  it('stands in docs/keywords.md', () => {
    const { stop, start, help } = LANGUAGE_LISTS[language];
    const row = [`\`${language}\``, ...[stop, start, help].map((words) => words.join(', '))];
    expect(DOCS).toContain(`| ${row.join(' | ')} |`);
  });

  it('is added to the standard words and off without being named', () => {
    expect(judged('QUIT').kind).toBe('stop');
    expect(judge({})(EXAMPLES[language][0]).kind).toBe('none');
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
])('takes nothing of %s from %p, which is more than the keyword', (language, body) => {
  expect(judge({ languages: { [language]: 'default' } })(body)).toEqual({ kind: 'none' });
});

describe('all five lists together', () => {
  it('contradict each other nowhere', () => {
    const languages = Object.fromEntries(READY_LANGUAGES.map((language) => [language, 'default']));
    expect(judge({ languages })('STOP').kind).toBe('stop');
  });
});
