import { z } from 'zod';
import {
  BLOCKED_SEND_CHANNELS,
  DEFAULT_BLOCKED_SENDS,
  NEVER_OPT_OUTS,
  type BlockedSendChannel,
  type BlockedSendSettings,
} from '../domain/blocked-send';
import { integer } from './fields';

const Codes = z.array(integer(10_000, 99_999), { error: 'must be a list of error codes' }).optional();
const Lists = z.strictObject({ apply: Codes, review: Codes }).superRefine(({ apply, review }, context) => {
  for (const [index, code] of (apply ?? []).entries()) {
    const message = NEVER_OPT_OUTS.get(code);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['apply', index], message });
  }
  for (const [index, code] of (review ?? []).entries()) {
    if (apply?.includes(code)) {
      context.addIssue({ code: 'custom', path: ['review', index], message: 'is in apply already' });
    }
  }
});

/**
 * The `blocked_sends` section of the configuration; docs/status-callbacks.md explains it. A list replaces the default one of
 * its channel; a code that one list names leaves the default other list.
 */
export const BlockedSendConfig = z
  .strictObject({ sms: Lists.optional(), rcs: Lists.optional(), whatsapp: Lists.optional() })
  .transform((config): BlockedSendSettings => {
    const listsOf = (channel: BlockedSendChannel): BlockedSendSettings[BlockedSendChannel] => {
      const { apply, review } = config[channel] ?? {};
      const defaults = DEFAULT_BLOCKED_SENDS[channel];
      return {
        apply: apply ?? defaults.apply.filter((code) => !review?.includes(code)),
        review: review ?? defaults.review.filter((code) => !apply?.includes(code)),
      };
    };
    return Object.fromEntries(
      BLOCKED_SEND_CHANNELS.map((channel) => [channel, listsOf(channel)]),
    ) as BlockedSendSettings;
  });
