import { LinkKey } from '../links';
import { listOf } from './fields';
import { parseEnv, type Env } from './parse-env';

/** The keys of LINK_KEY; none where it is not set. The first one seals, each of them opens. @throws {ConfigError} */
export function readLinkKeys(env: Env): readonly Buffer[] {
  return parseEnv({ LINK_KEY: listOf(LinkKey).optional() }, env).LINK_KEY ?? [];
}
