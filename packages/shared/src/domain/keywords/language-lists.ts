import type { WordLists } from './standard-words';

/**
 * Ready-made words by language, added to the English ones by `es: default` and the like. Short on purpose: each is what
 * programmes in that language tell people to send, and as a whole message it says nothing else. Left out are words that
 * are everyday answers (sí, oui, ja, sim, はい, nein) or prepositions (para). docs/keywords.md gives the reasons.
 */
export const LANGUAGE_LISTS: Readonly<Record<ReadyLanguage, WordLists>> = {
  es: {
    stop: ['ALTO', 'BAJA', 'CANCELAR', 'PARAR', 'DETENER', 'DESUSCRIBIR'],
    start: ['ALTA', 'INICIAR', 'REANUDAR'],
    help: ['AYUDA'],
  },
  fr: {
    stop: ['ARRÊT', 'ARRÊTER', 'ARRÊTEZ', 'DÉSABONNER', 'DÉSINSCRIRE'],
    start: ['REPRENDRE', 'RÉABONNER'],
    help: ['AIDE'],
  },
  de: {
    stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN', 'AUSTRAGEN', 'KÜNDIGEN'],
    start: ['ANMELDEN', 'STARTEN'],
    help: ['HILFE'],
  },
  pt: {
    stop: ['PARAR', 'PARE', 'SAIR', 'CANCELAR', 'REMOVER', 'DESCADASTRAR'],
    start: ['INICIAR', 'RETOMAR'],
    help: ['AJUDA'],
  },
  ja: {
    stop: ['停止', '配信停止', '解除', '配信解除', '退会', 'ストップ'],
    start: ['再開', '配信再開'],
    help: ['ヘルプ'],
  },
};

/** The languages that `default` stands for. */
export const READY_LANGUAGES = ['es', 'fr', 'de', 'pt', 'ja'] as const;
export type ReadyLanguage = (typeof READY_LANGUAGES)[number];

export function isReadyLanguage(language: string): language is ReadyLanguage {
  return (READY_LANGUAGES as readonly string[]).includes(language);
}
