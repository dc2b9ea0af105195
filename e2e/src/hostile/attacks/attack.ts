/** What is sent over one connection, and how it ends: the status and code of the last answer, or no answer at all. */
export type Attack = readonly [
  name: string,
  bytes: string | Buffer,
  ends: readonly [status: number, code?: string] | 'unanswered',
];
