import type { Attack } from './attack';
import { EVENT_ATTACKS } from './events';
import { HEADER_ATTACKS } from './headers';
import { MESSAGE_ATTACKS } from './messages';
import { OPTOUT_ATTACKS } from './optouts';
import { PEOPLE_ATTACKS } from './people';
import { PROTOCOL_ATTACKS } from './protocol';
import { SMUGGLING_ATTACKS } from './smuggling';
import { STATUS_ATTACKS } from './status';
import { STUDIO_ATTACKS } from './studio';

/** None is signed, except for the smuggled requests. */
export const ATTACKS: readonly Attack[] = [
  ...MESSAGE_ATTACKS,
  ...EVENT_ATTACKS,
  ...STUDIO_ATTACKS,
  ...PEOPLE_ATTACKS,
  ...OPTOUT_ATTACKS,
  ...STATUS_ATTACKS,
  ...HEADER_ATTACKS,
  ...SMUGGLING_ATTACKS,
  ...PROTOCOL_ATTACKS,
];
