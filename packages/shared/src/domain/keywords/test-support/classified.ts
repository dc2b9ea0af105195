import { createClassifier, type Classification } from '../classify';
import { KeywordConfig } from '../keyword-config';

/** Judges bodies under a `keywords` section, sent to an ordinary number of the US unless told otherwise. */
export function judge(section: unknown): (body: string, to?: string) => Classification {
  const classify = createClassifier(KeywordConfig.parse(section));
  return (body, to = '+14155550100') => classify({ body, to });
}
