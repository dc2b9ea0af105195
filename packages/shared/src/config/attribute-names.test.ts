import { evidenceAttributes, evidenceClashes } from './attribute-names';
import { ConfigError, type Env } from './parse-env';
import { workspaceOfEnv } from './workspace-env';

const KEYS = { CUSTOMERIO_SITE_ID: 's', CUSTOMERIO_TRACK_API_KEY: 't', CUSTOMERIO_APP_API_KEY: 'a' };

function read(evidence: string, env: Env = {}): unknown {
  try {
    return workspaceOfEnv({ ...KEYS, CUSTOMERIO_EVIDENCE_ATTRIBUTES: evidence, ...env }).evidenceAttributes;
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}
const MISTAKE =
  'must name attributes for at, reason, keyword, sender only, as at=sms_consent_at,reason=sms_consent_reason';

describe('CUSTOMERIO_EVIDENCE_ATTRIBUTES', () => {
  it('names an attribute for each part, and any part may be missing', () => {
    expect(read('at=said_at, reason = said.reason')).toEqual({ at: 'said_at', reason: 'said.reason' });
    expect(evidenceAttributes.parse({ sender: 'said_to' })).toEqual({ sender: 'said_to' });
    expect(read('')).toBeUndefined();
  });

  it.each([
    ['said_at', MISTAKE],
    ['at=a,at=b', MISTAKE],
    ['at=a=b', MISTAKE],
    ['when=said_at', MISTAKE],
    ['at=email', 'is a name that Customer.io uses itself'],
    ['at=unsubscribed.sms', 'is a name that Customer.io uses itself'],
    ['at=_update', 'is a name that Customer.io uses itself'],
    ['at=said..at', 'is not a name in dot notation'],
    [`at=${'x'.repeat(145)}`, 'may have 150 bytes at most, with the prefix of WhatsApp'],
  ])('refuses %s', (text, error) => {
    expect(read(text)).toEqual([`CUSTOMERIO_EVIDENCE_ATTRIBUTES: ${error}`]);
  });

  it.each([
    ['at=sms_unsubscribe', {}, 'at has the name of sms_attribute'],
    ['at=sms_unsubscribe.at', {}, 'at has the name of sms_attribute'],
    ['at=phone', {}, 'at has the name of phone_attribute'],
    ['at=unsubscribe', {}, 'at has the name of whatsapp_attribute'],
    ['at=stopped', { CUSTOMERIO_SENDERS_ATTRIBUTE: 'stopped' }, 'at has the name of senders_attribute'],
    ['at=said,reason=said', {}, 'reason has the name of at'],
    ['at=said,reason=said.why', {}, 'reason has the name of at'],
    ['at=said,reason=whatsapp_said', {}, 'reason has the name of at'],
  ])('refuses %s, which would overwrite another attribute', (text, env, error) => {
    expect(read(text, env)).toEqual([`CUSTOMERIO_EVIDENCE_ATTRIBUTES: ${error}, or of a field inside it`]);
  });
});

it('lets names stand beside each other that only begin alike', () => {
  const settings = { phone_attribute: 'phone', sms_attribute: 'sms', whatsapp_attribute: 'whatsapp' };
  expect(
    evidenceClashes({ ...settings, evidence_attributes: { at: 'sms_at', reason: 'sms_at_reason' } }),
  ).toEqual([]);
});
