import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

/** A word with a colour; the word alone says what is meant. */
export const Badge = ({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>{children}</span>
);
