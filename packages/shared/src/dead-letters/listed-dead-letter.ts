import { withCanonicalPhones } from './canonical-phones';
import { DeadLetter } from './dead-letter';

/** A dead letter by what its index entries say: they are short and can be read whatever the dead letter holds. */
export interface ListedDeadLetter {
  readonly id: string;
  /** In ms since 1970. */
  readonly lastFailedAt: number;
  /** As the index names them; a code of unusual form is a hash there. */
  readonly stage: string;
  readonly code: string;
  readonly source?: string;
  readonly workspace?: string;
  readonly messageSids: readonly string[];
  /** How many attempts are stored. */
  readonly attempts: number;
  /** The size of the stored JSON. */
  readonly bytes: number;
  /** The run that is replaying it. */
  readonly run?: string;
  /** `large`: not read. `unreadable`: it is damaged, or of a newer release. */
  readonly content: DeadLetter | 'large' | 'unreadable';
}

/** The values of a row of scripts/list.lua. */
export const LISTED_COLUMNS = 6;

/** Parses a row of scripts/list.lua. */
export function parseListed(row: readonly string[]): ListedDeadLetter {
  const [id = '', lastFailedAt = '', meta = '', bytes = '', json = '', run = ''] = row;
  const content = json === '' && Number(bytes) > 0 ? 'large' : parseContent(json);
  return {
    id,
    lastFailedAt: Number(lastFailedAt),
    ...parseMeta(meta),
    ...(typeof content !== 'string' && { stage: content.stage, code: content.code }),
    bytes: Number(bytes),
    content,
    ...(run !== '' && { run }),
  };
}

/** Reads a value of `:meta`; see scripts/prelude.lua. */
function parseMeta(
  meta: string,
): Pick<ListedDeadLetter, 'stage' | 'code' | 'source' | 'workspace' | 'messageSids' | 'attempts'> {
  const [head = '', ...sets] = meta.split('\n');
  const termsOf = (name: string): string[] =>
    sets.flatMap((set) => (set.startsWith(`${name}:`) ? [set.slice(name.length + 1)] : []));
  const [source] = termsOf('source');
  const [workspace] = termsOf('workspace');
  return {
    stage: termsOf('stage')[0] ?? 'unknown',
    code: termsOf('code')[0] ?? 'unknown',
    messageSids: termsOf('messageSid'),
    attempts: Number(head.split(' ')[1]) || 0,
    ...(source !== undefined && { source }),
    ...(workspace !== undefined && { workspace }),
  };
}

function parseContent(json: string): DeadLetter | 'unreadable' {
  try {
    const parsed = DeadLetter.safeParse(JSON.parse(json));
    return parsed.success ? withCanonicalPhones(parsed.data) : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
