/** Variables of earlier versions that nothing reads any more, and what to know about each. */
export const REMOVED_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['QUEUE_SHARDS', 'there is one queue of inbound events, and workers empty the shards of earlier versions'],
]);
