export type Word = 'STOP' | 'START';

/** What somebody said to one of our senders, as the test sent it. */
export interface Said {
  /** Undefined where the product makes one: by hand, by another system, by a link. */
  readonly sid?: string;
  readonly word: Word;
  readonly sender: string;
  readonly reason: 'message' | 'operator' | 'api';
  /** It was said between the two, in ms since 1970. Where Twilio gives the time, they are equal. */
  readonly earliest: number;
  readonly latest: number;
}

/** Which releases the workers were of while somebody spoke. */
export type Workers = 'last' | 'mixed' | 'new';

export interface Person {
  readonly phone: string;
  readonly cioId: string;
  readonly workers: Workers;
  /** In the order in which it was said. */
  readonly said: readonly Said[];
}
