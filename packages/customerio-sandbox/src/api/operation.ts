/** What a request does; names it in the log, in faults and in tests. */
export type Operation =
  | 'search'
  | 'attributes'
  | 'optouts_list'
  | 'optouts_get'
  | 'optouts_set'
  | 'region'
  | 'identify_v1'
  | 'entity'
  | 'batch'
  | 'unknown';
