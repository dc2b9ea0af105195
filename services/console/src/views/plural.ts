/** A count with its noun, such as `1 message is` or `1,200 messages are`. */
export const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
