import type { MetricDefinition } from '@optout-sync/shared/service';

/** What is counted of Twilio's message log. */
export const SENT_CHECK_METRICS = {
  sentAfter: {
    type: 'counter',
    name: 'optout_sent_after_optout_total',
    help: "Outbound messages to people who had opted out, as Twilio's message log has them; `confirmation` and `blocked` are allowed.",
    labels: ['relation'],
  },
  messagesSent: {
    type: 'counter',
    name: 'optout_messages_sent_total',
    help: "Outbound messages in Twilio's message log, by sender; the 200th sender and those after it are `other`.",
    labels: ['sender'],
  },
  optOuts: {
    type: 'counter',
    name: 'optout_opt_outs_total',
    help: "People who opted out by a message, by sender, while Twilio's message log is read.",
    labels: ['sender'],
  },
  messageLogAge: {
    type: 'gauge',
    name: 'optout_message_log_age_seconds',
    help: "How long ago the part of Twilio's message log ended that was compared last. Use min by (account).",
    labels: ['account'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
