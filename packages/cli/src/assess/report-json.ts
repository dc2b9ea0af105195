import type { Assessment } from '@optout-sync/operations';

/** An assessment as `--json` prints it; docs/assess.md describes the fields. */
export function reportJson(assessment: Assessment, reveal: boolean): Record<string, unknown> {
  const { since, until, accountSid, workspace, counts, summary, nativeListUnknown, numbers } = assessment;
  return {
    since,
    until,
    accountSid,
    workspace,
    counts,
    summary,
    nativeListUnknown: nativeListUnknown ?? null,
    numbers: numbers.map(({ ownWords, ...one }) => ({
      ...one,
      ...(ownWords && { ownWords: reveal ? ownWords : { ...ownWords, text: undefined } }),
    })),
  };
}
