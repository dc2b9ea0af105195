import type { Variable } from './variable';

/** The variables of the console. */
export const CONSOLE_VARIABLES = {
  CONSOLE_PORT: {
    meaning: 'Port of the console.',
    default: '8090',
    readBy: ['console', 'launcher'],
  },
  CONSOLE_HOST: {
    meaning: 'Address of the console; CONSOLE_URL is required where it is not this machine.',
    default: '127.0.0.1',
    readBy: ['console', 'launcher'],
  },
  CONSOLE_URL: {
    meaning: 'URL that browsers open the console by, where they are on other machines.',
    example: 'https://optout.example.com',
    readBy: ['console'],
  },
  CONSOLE_ADMIN_PORT: {
    meaning: 'Private port of the health checks and metrics of the console.',
    default: '9103',
    readBy: ['console', 'launcher'],
  },
  CONSOLE_AUTH: {
    meaning:
      'How the console knows who asks: password, proxy, or none, where whoever is on this machine is an operator.',
    required: true,
    example: 'password',
    readBy: ['console', 'launcher'],
  },
  CONSOLE_USERS: {
    meaning:
      'Who may use the console, separated by commas or white space: name:role:hash for password, name:role for proxy.',
    secret: true,
    readBy: ['console'],
  },
  CONSOLE_PROXY_HEADER: {
    meaning: 'With CONSOLE_AUTH=proxy, the header in which the proxy names the user.',
    default: 'X-Forwarded-Email',
    readBy: ['console'],
  },
  CONSOLE_PROXY_NETWORKS: {
    meaning:
      'Addresses and networks of the proxy, separated by commas: who names the user with proxy, whose X-Forwarded-For is believed with password.',
    example: '10.0.0.0/24',
    readBy: ['console'],
  },
  CONSOLE_API_RPS: {
    meaning: 'Requests a second that each token of the API may make; some count as several.',
    default: '200',
    readBy: ['console'],
  },
} as const satisfies Record<string, Variable>;
