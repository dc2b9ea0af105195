import type { FindingDefinition } from './finding-definition';

/** What `doctor` may find at Twilio and at the public URL, by its code. */
export const TWILIO_FINDINGS = {
  twilio_region: {
    level: 'failure',
    why: 'Customer.io sends through Twilio US1, and so are the webhooks, numbers and logs there.',
    how: 'Use the credentials of US1, and leave TWILIO_API_URL out.',
  },
  twilio_credentials_rejected: {
    level: 'failure',
    why: 'Twilio cannot be read; if the auth token is wrong, every webhook is refused.',
    how: 'Copy the account SID and auth token from the Twilio console.',
  },
  twilio_token_rejected: {
    level: 'warning',
    why: 'It signs nothing. During a rotation that is expected of the token before.',
    how: 'Remove it from TWILIO_AUTH_TOKEN once the rotation is over.',
  },
  twilio_key_rejected: {
    level: 'warning',
    why: 'Commands use the auth token in its place, which may do everything.',
    how: 'Create an API key in the Twilio console, and set TWILIO_API_KEY and TWILIO_API_SECRET to it.',
  },
  twilio_token_not_primary: {
    level: 'failure',
    why: 'Twilio signs with the primary token alone, so every webhook is refused.',
    how: 'Add the primary auth token to TWILIO_AUTH_TOKEN.',
  },
  twilio_account_inactive: {
    level: 'failure',
    why: 'A suspended account gets no messages.',
    how: 'Reactivate it in the Twilio console.',
  },
  twilio_unreachable: {
    level: 'failure',
    why: 'Nothing about Twilio could be checked.',
    how: 'Check that this machine may call Twilio, and try again.',
  },
  twilio_answer_unexpected: {
    level: 'failure',
    why: 'Twilio announces no changes of its answers. What has an unknown form cannot be checked.',
    how: 'Check that no gateway answers in between, then report it to the maintainers.',
  },
  twilio_no_senders: {
    level: 'failure',
    why: 'No message arrives. Numbers that Customer.io manages are in its own account and have no webhook for you.',
    how: 'Use the account that owns the numbers.',
  },
  shared_key: {
    level: 'failure',
    why: 'Webhooks are signed with a SharedKey; only auth tokens are accepted, so each is refused.',
    how: 'Remove the signature from the webhook setting at Twilio, or exclude this URL by a rule.',
  },
  webhook_dropped: {
    level: 'failure',
    why: 'Twilio drops inbound messages: no opt-out arrives.',
    how: 'Set the inbound URL.',
    command: 'optout-sync setup twilio',
  },
  webhook_elsewhere: {
    level: 'failure',
    why: 'Inbound messages go to another receiver: no opt-out arrives here.',
    how: 'Set the inbound URL, and the present one as FORWARD_URLS if it is still needed; or use Event Streams.',
    command: 'optout-sync setup twilio',
  },
  webhook_other_base: {
    level: 'failure',
    why: 'Signatures are verified against PUBLIC_URL. For any other URL each is refused.',
    how: 'Make PUBLIC_URL and the URL at Twilio the same, character for character.',
    command: 'optout-sync setup twilio',
  },
  webhook_without_retries: {
    level: 'warning',
    why: 'Twilio calls it once and gives up on any HTTP error.',
    how: 'Append #rc=3&rp=all to the URL.',
    command: 'optout-sync setup twilio',
  },
  webhook_without_fallback: {
    level: 'warning',
    why: 'A message that arrives while ingest is down is known to Twilio only, until a backfill.',
    how: 'Set a fallback URL on a second ingest, or use Event Streams.',
    command: 'optout-sync setup twilio --fallback-url <url>',
  },
  webhook_of_application: {
    level: 'failure',
    why: 'The URL of a number does not apply while it is assigned to a TwiML application.',
    how: 'Remove the application from the number, or set the URL of the application.',
    command: 'optout-sync setup twilio',
  },
  webhook_of_flow: {
    level: 'warning',
    why: 'A Studio flow gets the messages; whether it reports opt-outs cannot be seen from here.',
    how: 'Let the flow call the Studio route: docs/studio.md.',
  },
  blocked_sends_unreported: {
    level: 'warning',
    why: 'An opt-out that Twilio knows and you do not (21610) goes unnoticed.',
    how: 'Set the status callback, or subscribe Event Streams to failed messages.',
    command: 'optout-sync setup twilio',
  },
  event_sink_inactive: {
    level: 'failure',
    why: 'Event Streams delivers nothing to it.',
    how: 'Create it again.',
    command: 'optout-sync setup twilio --event-streams',
  },
  event_type_missing: {
    level: 'warning',
    why: 'These events are not reported.',
    how: 'Subscribe to them.',
    command: 'optout-sync setup twilio --event-streams',
  },
  event_schema_old: {
    level: 'failure',
    why: 'Earlier versions of the schema lack the opt-out type.',
    how: 'Subscribe to a newer version.',
    command: 'optout-sync setup twilio --event-streams',
  },
  keywords_missing: {
    level: 'failure',
    why: 'Your campaign promises these words, and Twilio acts on them. Here they change nothing.',
    how: 'Add the lines to the file that OPTOUT_CONFIG names.',
    command: 'optout-sync config check',
  },
  sender_not_found: {
    level: 'warning',
    why: 'With CONSENT_SCOPE=account every opt-out is written for it too, and Twilio refuses that.',
    how: 'Remove it from services and numbers of the account in the file that OPTOUT_CONFIG names, or correct it.',
  },
  number_moved: {
    level: 'warning',
    why: 'Twilio keeps its block list by service: it no longer blocks those who opted out before the move. The ledger does.',
    how: 'Write the opt-outs to Twilio again.',
    command: 'optout-sync consent push',
  },
  service_numbers_differ: {
    level: 'warning',
    why: 'A START to the service lifts the opt-outs of the numbers that are configured for it.',
    how: 'Correct the services of the account in the file that OPTOUT_CONFIG names.',
  },
  public_url_missing: {
    level: 'warning',
    why: 'Signatures are verified against what each request says of itself, and nothing can be compared with Twilio.',
    how: 'Set PUBLIC_URL to the base URL that Twilio calls.',
  },
  public_url_plain_http: {
    level: 'warning',
    why: 'Phone numbers and texts cross the internet unencrypted.',
    how: 'Serve https, and change PUBLIC_URL.',
  },
  probe_unanswered: {
    level: 'failure',
    why: 'What cannot be reached from here may be out of reach for Twilio too.',
    how: 'Check DNS, firewall, proxy and whether ingest runs.',
  },
  probe_refused: {
    level: 'failure',
    why: 'A webhook of Twilio is refused in the same way.',
    how: 'docs/twilio.md names the causes; the log of ingest shows the URL it verifies against.',
  },
  probe_not_ours: {
    level: 'failure',
    why: 'Something answers at PUBLIC_URL that is not this ingest, or one with other tokens.',
    how: 'Check where the host leads to, and that the proxy passes headers and bodies on unchanged.',
  },
  tls_invalid: {
    level: 'failure',
    why: 'Twilio does not call a URL whose certificate is not valid.',
    how: 'Renew the certificate, with its whole chain.',
  },
  tls_expires_soon: {
    level: 'warning',
    why: 'Twilio does not call a URL whose certificate has expired.',
    how: 'Renew the certificate.',
  },
} as const satisfies Record<string, FindingDefinition>;
