import { createClassifier, type Classification } from '../classify';
import { DEFAULT_KEYWORDS, type KeywordSettings } from '../keyword-settings';

/** A classifier of bodies under these settings, by default for messages to an ordinary number of the US. */
export function classifierOf(
  settings: Partial<KeywordSettings>,
): (body: string, to?: string) => Classification {
  const classify = createClassifier({ ...DEFAULT_KEYWORDS, ...settings });
  return (body, to = '+14155550100') => classify({ body, to });
}
