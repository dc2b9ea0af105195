/** What is stored of the message log, in one cluster slot. */
export function sentAfterKey(prefix: string, key: string): string {
  return `${prefix}:{sent-after}:${key}`;
}
