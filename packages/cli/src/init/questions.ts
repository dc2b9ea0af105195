import type { VARIABLES } from '@optout-sync/shared/config';

/** What `init` asks for. Each is an environment variable, so its value may also be there already. */
export interface Question {
  readonly name: keyof typeof VARIABLES;
  readonly text: string;
  readonly isSecret?: true;
  /** May be left out. */
  readonly isOptional?: true;
  readonly choices?: readonly string[];
  readonly example?: string;
}

export const QUESTIONS: readonly Question[] = [
  { name: 'TWILIO_ACCOUNT_SID', text: 'Twilio account SID (Console > Account Info)' },
  { name: 'TWILIO_AUTH_TOKEN', text: 'Twilio auth token, which verifies webhooks', isSecret: true },
  {
    name: 'TWILIO_API_KEY',
    text: 'SID of a Twilio API key, which commands use in place of the token (SK..., optional)',
    isOptional: true,
  },
  { name: 'TWILIO_API_SECRET', text: 'Secret of that API key', isSecret: true, isOptional: true },
  { name: 'CUSTOMERIO_SITE_ID', text: 'Customer.io site ID (Settings > API Credentials > Track API)' },
  { name: 'CUSTOMERIO_TRACK_API_KEY', text: 'Customer.io Track API key', isSecret: true },
  { name: 'CUSTOMERIO_APP_API_KEY', text: 'Customer.io App API key', isSecret: true },
  { name: 'CUSTOMERIO_REGION', text: 'Region of the Customer.io workspace', choices: ['us', 'eu'] },
  {
    name: 'CUSTOMERIO_PHONE_ATTRIBUTE',
    text: 'Attribute that holds the phone number at Customer.io',
    isOptional: true,
    example: 'phone',
  },
  {
    name: 'PUBLIC_URL',
    text: 'Base URL that Twilio calls, such as https://optout.example.com (optional for now)',
    isOptional: true,
  },
  {
    name: 'REDIS_URL',
    text: 'URL of Redis (empty: npm start and docker compose provide one)',
    isOptional: true,
  },
];
