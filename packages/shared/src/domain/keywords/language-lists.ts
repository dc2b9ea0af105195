import type { WordLists } from './standard-words';

/**
 * Ready-made words by language, which settings such as `es: default` add to the English ones. The lists are short on
 * purpose: each word is one that SMS programmes in that language ask people to send, and has no other meaning as a whole
 * message. Everyday answers (sí, oui, ja, sim, はい, nein) and prepositions (para) are left out. docs/keywords.md gives the
 * reasons.
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

/** The languages with a ready-made list. */
export const READY_LANGUAGES = ['es', 'fr', 'de', 'pt', 'ja'] as const;
export type ReadyLanguage = (typeof READY_LANGUAGES)[number];

export function isReadyLanguage(language: string): language is ReadyLanguage {
  return (READY_LANGUAGES as readonly string[]).includes(language);
}
