import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readConsentPolicies,
  readForwardUrls,
  readKeywords,
  readRoutes,
  readTwilioAccounts,
  readWebhookTokens,
  readWorkspaceOf,
  readWorkspaces,
  serviceNumbersOf,
} from './optout-config';
import { ConfigError, type Env } from './parse-env';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'optout-config-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

let files = 0;
function file(content: string): string {
  const path = join(dir, `file-${String(files++)}`);
  writeFileSync(path, content);
  return path;
}
const config = (yaml: string, env: Env = {}): Env => ({ ...env, OPTOUT_CONFIG: file(yaml) });

function errorsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

const [ONE, TWO] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const [PRESENT_1, NEXT_1, PRESENT_2] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];
const TWO_OF_EACH = `
twilio:
  accounts:
    - sid: ${ONE}
      auth_tokens: [${PRESENT_1}, ${NEXT_1}]
      workspace: acme
    - sid: ${TWO}
      auth_tokens:
        - \${TOKEN_2}
      workspace: globex
customerio:
  workspaces:
    - name: acme
      site_id: site-a
      track_api_key: track-a
      app_api_key: \${APP_KEY_A}
    - name: globex
      region: eu
      site_id: site-g
      track_api_key: track-g
      lookup: phone_identifier
      phone_formats: [e164, digits, national]
      default_country: fr
      senders_attribute: stopped_senders
      app_rps: 5
      consent_policy: last
`;

describe('OPTOUT_CONFIG', () => {
  it('configures several accounts with tokens and workspaces', () => {
    const env = config(TWO_OF_EACH, { TOKEN_2_FILE: file(`${PRESENT_2}\n`) });
    expect(readTwilioAccounts(env)).toEqual([
      { sid: ONE, authTokens: [PRESENT_1, NEXT_1], workspace: 'acme' },
      { sid: TWO, authTokens: [PRESENT_2], workspace: 'globex' },
    ]);
  });

  it('accepts tokens as text with commas or from one variable', () => {
    const yaml = (tokens: string): string =>
      `{ twilio: { accounts: [{ sid: ${ONE}, auth_tokens: "${tokens}" }] } }`;
    const tokensOf = (env: Env): unknown => readTwilioAccounts(env)[0]?.authTokens;
    expect(tokensOf(config(yaml(`${PRESENT_1}, ${NEXT_1}`)))).toEqual([PRESENT_1, NEXT_1]);
    const TOKENS = `${PRESENT_1},${NEXT_1}`;
    expect(tokensOf(config(yaml('${TOKENS}'), { TOKENS }))).toEqual([PRESENT_1, NEXT_1]);
    const oneOfList = yaml('').replace('""', '["${TOKENS}"]');
    expect(errorsOf(() => tokensOf(config(oneOfList, { TOKENS })))).toEqual([
      'twilio.accounts[0].auth_tokens[0]: may hold no comma: it is one token of a list',
    ]);
  });

  it('names every auth token that is not 32 hexadecimal digits, and no token', () => {
    const env = config(
      `{ twilio: { accounts: [{ sid: ${ONE}, auth_tokens: [s3cret, ${NEXT_1}] }, { sid: ${TWO}, auth_tokens: s3cret }] } }`,
    );
    expect(errorsOf(() => readTwilioAccounts(env))).toEqual([
      'twilio.accounts[0].auth_tokens[0]: must be 32 hexadecimal digits',
      'twilio.accounts[1].auth_tokens[0]: must be 32 hexadecimal digits',
    ]);
  });

  it('configures several workspaces with keys, hosts and settings of their own', () => {
    const [acme, globex] = readWorkspaces(config(TWO_OF_EACH, { APP_KEY_A: 'app-a' }));
    expect(acme).toMatchObject({
      name: 'acme',
      access: { siteId: 'site-a', appApiKey: 'app-a', region: 'us', appUrl: 'https://api.customer.io' },
      lookup: 'search',
      phoneFormats: ['e164'],
      attributes: { sms: 'sms_unsubscribe', whatsapp: 'whatsapp_unsubscribe' },
      sendersAttribute: undefined,
      appRps: 8,
      policy: 'any',
    });
    expect(globex).toMatchObject({
      access: { region: 'eu', trackUrl: 'https://track-eu.customer.io' },
      phoneFormats: ['e164', 'digits', 'national'],
      defaultCountry: 'FR',
      sendersAttribute: 'stopped_senders',
      appRps: 5,
      policy: 'last',
    });
  });

  it('requires no App API key where people are identified by phone number', () => {
    const [, globex] = readWorkspaces(config(TWO_OF_EACH, { APP_KEY_A: 'app-a' }));
    expect(globex).toMatchObject({ lookup: 'phone_identifier', access: { appApiKey: undefined } });
    const native = TWO_OF_EACH.replace(
      'lookup: phone_identifier',
      'lookup: phone_identifier\n      native_optouts: true',
    );
    expect(errorsOf(() => readWorkspaces(config(native, { APP_KEY_A: 'app-a' })))).toEqual([
      'customerio.workspaces[1].app_api_key: is required',
    ]);
  });

  it('requires no keys where a workspace has a campaign only', () => {
    const yaml = 'customerio: { workspaces: [{ name: a, campaign_webhook_url: "https://hooks.example/1" }] }';
    expect(readWorkspaces(config(yaml))).toMatchObject([
      { access: undefined, campaignWebhookUrl: 'https://hooks.example/1' },
    ]);
    expect(readWorkspaces({ CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'https://hooks.example/1' })).toMatchObject([
      { name: 'default', access: undefined },
    ]);
    const half =
      'customerio: { workspaces: [{ name: a, campaign_webhook_url: "https://h.example", site_id: s }] }';
    expect(errorsOf(() => readWorkspaces(config(half)))).toEqual([
      'customerio.workspaces[0].track_api_key: is required',
      'customerio.workspaces[0].app_api_key: is required',
    ]);
  });

  it('reads a missing section from the environment', () => {
    const env = config(`{ twilio: { accounts: [{ sid: ${ONE}, auth_tokens: [${PRESENT_1}] }] } }`, {
      CUSTOMERIO_SITE_ID: 's',
      CUSTOMERIO_TRACK_API_KEY_FILE: file('t'),
      CUSTOMERIO_APP_API_KEY: 'a',
      CUSTOMERIO_LOOKUP: '',
    });
    const workspaces = readWorkspaces(env);
    expect(workspaces).toMatchObject([{ name: 'default', access: { trackApiKey: 't' } }]);
    expect(readWorkspaceOf(env, workspaces)(ONE, undefined)).toBe('default');
    expect(readWorkspaceOf(env, workspaces)(TWO, undefined)).toBeUndefined();
  });

  it('requires the country where people are found by national numbers', () => {
    const keys = 'site_id: s, track_api_key: t, app_api_key: a, phone_formats: "e164, national"';
    const yaml = (more: string): string => `customerio: { workspaces: [{ name: a, ${keys}${more} }] }`;
    expect(errorsOf(() => readWorkspaces(config(yaml(''))))).toEqual([
      'customerio.workspaces[0].default_country: is required by the phone format national',
    ]);
    expect(errorsOf(() => readWorkspaces(config(yaml(', default_country: XX'))))).toEqual([
      'customerio.workspaces[0].default_country: must be the ISO code of a country, such as US',
    ]);
    expect(readWorkspaces(config(yaml(', default_country: DE')))).toMatchObject([{ defaultCountry: 'DE' }]);
    const env = {
      CUSTOMERIO_SITE_ID: 's',
      CUSTOMERIO_TRACK_API_KEY: 't',
      CUSTOMERIO_APP_API_KEY: 'a',
      CUSTOMERIO_PHONE_FORMATS: 'national',
    };
    expect(errorsOf(() => readWorkspaces(env))).toEqual([
      'DEFAULT_COUNTRY is required by the phone format national',
    ]);
    expect(readWorkspaces({ ...env, DEFAULT_COUNTRY: 'us' })).toMatchObject([{ defaultCountry: 'US' }]);
  });

  it('treats an empty file as no file', () => {
    const env = config('# nothing yet\n', { TWILIO_ACCOUNT_SID: ONE, TWILIO_AUTH_TOKEN: PRESENT_1 });
    expect(readTwilioAccounts(env)).toEqual([{ sid: ONE, authTokens: [PRESENT_1], workspace: 'default' }]);
  });

  it('reports all errors of a section together', () => {
    const yaml = `
customerio:
  workspaces:
    - name: Acme
      region: mars
      phone_formats: []
      colour: blue
    - name: b
      site_id: \${MISSING}
      track_api_key: 12345
      app_rps: 0
    - name: b
      site_id: s
      track_api_key: \${UNREADABLE}
      app_api_key: 'a b'
      campaign_webhook_url: ftp://hooks.example
`;
    const env = config(yaml, { UNREADABLE_FILE: join(dir, 'none') });
    expect([...errorsOf(() => readWorkspaces(env))].sort()).toEqual([
      'customerio.workspaces[0].app_api_key: is required',
      'customerio.workspaces[0].name: may hold lower-case letters, digits, _ and - only, 40 at most',
      'customerio.workspaces[0].phone_formats: needs at least one item',
      'customerio.workspaces[0].region: Invalid option: expected one of "us"|"eu"',
      'customerio.workspaces[0].site_id: is required',
      'customerio.workspaces[0].track_api_key: is required',
      'customerio.workspaces[0]: Unrecognized key: "colour"',
      'customerio.workspaces[1].app_api_key: is required',
      'customerio.workspaces[1].app_rps: must be a whole number from 1 to 1000',
      'customerio.workspaces[1].site_id: the variable MISSING is not set',
      'customerio.workspaces[1].track_api_key: must be text',
      'customerio.workspaces[2].app_api_key: may not be empty or hold white space',
      'customerio.workspaces[2].campaign_webhook_url: must be an http or https URL',
      'customerio.workspaces[2].name: is the name of another one already',
      'customerio.workspaces[2].track_api_key: UNREADABLE_FILE: cannot be read (ENOENT)',
    ]);
  });

  it('rejects unknown keys at any level', () => {
    const unknown = (yaml: string): readonly string[] => errorsOf(() => readTwilioAccounts(config(yaml)));
    expect(
      unknown(`{ twillio: {}, twilio: { accounts: [{ sid: ${ONE}, auth_tokens: ${PRESENT_1} }] } }`),
    ).toEqual(['OPTOUT_CONFIG: Unrecognized key: "twillio"']);
    expect(
      unknown(`{ twilio: { accounts: [{ sid: ${ONE}, auth_tokens: ${PRESENT_1}, auth_token: b }] } }`),
    ).toEqual(['twilio.accounts[0]: Unrecognized key: "auth_token"']);
  });

  it('reports an unknown section together with the errors of known ones', () => {
    const env = config(
      `{ twillio: {}, twilio: { accounts: [{ sid: AC1, auth_tokens: ${PRESENT_1} }] }, customerio: {} }`,
    );
    expect(errorsOf(() => readTwilioAccounts(env))).toEqual([
      'OPTOUT_CONFIG: Unrecognized key: "twillio"',
      'twilio.accounts[0].sid: must be AC and 32 hexadecimal digits',
    ]);
    expect(errorsOf(() => readWorkspaces(env))).toEqual([
      'OPTOUT_CONFIG: Unrecognized key: "twillio"',
      'customerio.workspaces is required',
    ]);
  });

  it('rejects two accounts with one sid, with and without their tokens', () => {
    const yaml = `
twilio:
  accounts:
    - { sid: ${ONE}, auth_tokens: [${PRESENT_1}] }
    - { sid: ${ONE}, auth_tokens: 7 }
`;
    const twice = 'twilio.accounts[1].sid: is the sid of another account already';
    expect(errorsOf(() => readTwilioAccounts(config(yaml)))).toEqual([
      expect.stringContaining('twilio.accounts[1].auth_tokens: Invalid input: expected array'),
      twice,
    ]);
    expect(
      errorsOf(() => readWorkspaceOf(config(yaml), [{ name: 'default', configuredAs: 'default' }])),
    ).toEqual([twice]);
  });

  it('rejects a section of another type', () => {
    const read = (yaml: string): readonly string[] => errorsOf(() => readWorkspaces(config(yaml)));
    expect(read('- a list')).toEqual(['OPTOUT_CONFIG: Invalid input: expected object, received array']);
    expect(read('customerio:')).toEqual(['customerio: Invalid input: expected object, received null']);
    expect(read('customerio: {}')).toEqual(['customerio.workspaces is required']);
    expect(read('customerio: { workspaces: { acme: {} } }')).toEqual([
      'customerio.workspaces: Invalid input: expected array, received object',
    ]);
    expect(read('customerio: { workspaces: [acme] }')).toEqual([
      'customerio.workspaces[0]: Invalid input: expected object, received string',
    ]);
  });

  it('never shows a value or a part of the file', () => {
    const secret = 's3cr3t-value';
    const texts = [
      `twilio: { accounts: [{ sid: ${secret}, auth_tokens: { x: ${secret} } }] }`,
      `twilio: ${secret}`,
      `twilio:\n  accounts: "${secret}`,
      `twilio: *${secret}`,
      `customerio: { workspaces: [{ name: ${secret}!, region: ${secret}, app_url: ${secret}, lookup: ${secret} }] }`,
      `customerio: { workspaces: [{ name: a, site_id: '\${NAME} ${secret}', app_rps: ${secret} }] }`,
      `forward_urls: [${secret}]`,
      `keywords: { match: ${secret}, countries: ${secret} }`,
      `{ ${secret}: 1, ${secret}-2: 1, twillio: 1 }`,
      `twilio: { ${secret}: "\${NAME}", accounts: [{ ${secret}: 1 }] }`,
      `keywords: { languages: { ${secret}: default, es: { ${secret}: [] } }, countries: { ${secret}: {} } }`,
    ];
    for (const text of texts) {
      const env = config(text);
      const errors = [readTwilioAccounts, readWorkspaces, readRoutes, readForwardUrls, readKeywords].flatMap(
        (read) => errorsOf(() => read(env)),
      );
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.join('\n')).not.toContain('s3cr3t');
    }
  });

  it('reports the number of unknown keys and the names of those that look like settings', () => {
    const read = (yaml: string): readonly string[] => errorsOf(() => readKeywords(config(yaml)));
    expect(read('{ twillio: 1, kewords: 1, 0123abc: 1, Secret: 1 }')).toEqual([
      'OPTOUT_CONFIG: Unrecognized keys: "twillio", "kewords", 2 not shown',
    ]);
    expect(read('keywords: { languages: { es-419: { 0123abc: [] } }, countries: { 0123abc: {} } }')).toEqual([
      'keywords.languages.es-419: Unrecognized key: 1 not shown',
      'keywords.countries.(not shown): is not a country code (ISO 3166-1, two capitals, such as FR)',
    ]);
  });

  it('reports the line of a YAML error', () => {
    const read = (yaml: string): readonly string[] => errorsOf(() => readTwilioAccounts(config(yaml)));
    expect(read('twilio:\n  accounts: [\n')).toEqual([
      expect.stringMatching(/^OPTOUT_CONFIG: line [23] is not valid YAML \(\w+\)$/),
    ]);
    expect(read('twilio: {}\n# fine\ntwilio: {}\n')).toEqual([
      'OPTOUT_CONFIG: line 3 is not valid YAML (DUPLICATE_KEY)',
    ]);
    expect(read('twilio: *nowhere')).toEqual(['OPTOUT_CONFIG: its aliases cannot be resolved']);
  });

  it('reports a file that is missing or cannot be read', () => {
    const read = (path: string): readonly string[] => errorsOf(() => readWorkspaces({ OPTOUT_CONFIG: path }));
    expect(read(join(dir, 'none'))).toEqual(['OPTOUT_CONFIG: there is no such file']);
    expect(read(dir)).toEqual(['OPTOUT_CONFIG: cannot be read (EISDIR)']);
  });

  it('resolves references to variables only as the whole value', () => {
    const yaml = `{ twilio: { accounts: [{ sid: ${ONE}, auth_tokens: "\${A},\${B}" }] } }`;
    expect(errorsOf(() => readTwilioAccounts(config(yaml, { A: 'a', B: 'b' })))).toEqual([
      'twilio.accounts[0].auth_tokens: must be ${NAME} as a whole, or text without ${',
    ]);
  });
});

describe('routes', () => {
  it('assign each account to its workspace, without any secret', () => {
    const routes = readRoutes(config(TWO_OF_EACH, { TWILIO_ACCOUNT_SID: TWO }));
    expect(routes).toMatchObject({
      accounts: [
        { sid: ONE, workspace: 'acme' },
        { sid: TWO, workspace: 'globex' },
      ],
      presentAccount: TWO,
      workspaces: new Map([
        ['acme', 'acme'],
        ['globex', 'globex'],
      ]),
    });
    expect(routes.workspaceOf(TWO, undefined)).toBe('globex');
    expect(routes.workspaceOf(`AC${'3'.repeat(32)}`, undefined)).toBeUndefined();
  });

  it('accept a sid from a variable', () => {
    const yaml = '{ twilio: { accounts: [{ sid: "${SID}", auth_tokens: "${TOKEN}" }] } }';
    expect(readRoutes(config(yaml, { SID: ONE })).accounts).toEqual([{ sid: ONE, workspace: 'default' }]);
  });

  it('assign every account to the only workspace where no accounts are listed', () => {
    expect(readRoutes({})).toMatchObject({ accounts: [], workspaces: new Map([['default', 'default']]) });
    expect(readRoutes({}).workspaceOf(ONE, undefined)).toBe('default');
    const one = config('{ customerio: { workspaces: [{ name: acme }] } }', { TWILIO_ACCOUNT_SID: ONE });
    expect(readRoutes(one).accounts).toEqual([{ sid: ONE, workspace: 'acme' }]);
  });

  it('require accounts where there are several workspaces', () => {
    const several = config('{ customerio: { workspaces: [{ name: acme }, { name: globex }] } }');
    expect(errorsOf(() => readRoutes(several))).toEqual([
      expect.stringMatching(/^twilio\.accounts is required/),
    ]);
  });

  it('name a workspace as it is stored, so that it can be renamed', () => {
    const yaml = TWO_OF_EACH.replace('name: acme', 'name: acme\n      storedAs: default');
    const routes = readRoutes(config(yaml));
    expect(routes.workspaceOf(ONE, undefined)).toBe('default');
    expect([...routes.workspaces]).toEqual([
      ['acme', 'default'],
      ['globex', 'globex'],
    ]);
    expect(readConsentPolicies(config(yaml)).map(({ name }) => name)).toEqual(['default', 'globex']);
    expect(routes.accounts.find(({ sid }) => sid === ONE)?.workspace).toBe('default');
  });

  it.each([
    [
      'the name of another',
      'globex',
      'customerio.workspaces[0].storedAs: another workspace is stored under this name',
    ],
    ['no name', 'Old Shop', 'customerio.workspaces[0].storedAs: may hold lower-case letters'],
  ])('reject a workspace that is stored under %s', (_, storedAs, error) => {
    const yaml = TWO_OF_EACH.replace('name: acme', `name: acme\n      storedAs: ${storedAs}`);
    expect(errorsOf(() => readRoutes(config(yaml)))).toEqual([expect.stringContaining(error)]);
  });

  it('reject a workspace that is not configured', () => {
    const yaml = TWO_OF_EACH.replace('workspace: globex', 'workspace: initech');
    const unknownWorkspace: unknown[] = [
      expect.stringMatching(/^twilio\.accounts\[1\]\.workspace: there is no such workspace/),
    ];
    expect(errorsOf(() => readRoutes(config(yaml)))).toEqual(unknownWorkspace);
    expect(errorsOf(() => readWorkspaceOf(config(yaml), [{ name: 'acme', configuredAs: 'acme' }]))).toEqual(
      unknownWorkspace,
    );
    expect(errorsOf(() => readRoutes(config(yaml.replace(ONE, 'AC1'))))).toEqual([
      'twilio.accounts[0].sid: must be AC and 32 hexadecimal digits',
      ...unknownWorkspace,
    ]);
  });
});

describe('the tokens of the people webhook', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(16));
  const yaml = (acme: string, globex: string): string => `customerio:
  workspaces:
    - { name: acme, site_id: "\${NOT_SET}", webhook_token: ${acme} }
    - { name: globex, webhook_token: ${globex} }
    - { name: initech }
`;

  it('come from the environment, several during a rotation', () => {
    expect(readWebhookTokens({})).toEqual([]);
    expect(readWebhookTokens({ CUSTOMERIO_WEBHOOK_TOKEN: `${A},${B}` })).toEqual([
      { workspace: 'default', tokens: [A, B] },
    ]);
    expect(errorsOf(() => readWebhookTokens({ CUSTOMERIO_WEBHOOK_TOKEN: 'short' }))).toEqual([
      'CUSTOMERIO_WEBHOOK_TOKEN: must have at least 16 characters',
    ]);
  });

  it('come from the file for each workspace, without the variables of its keys', () => {
    const env = config(yaml(`[${A}, ${B}]`, '"${TOKEN}"'), { TOKEN: C, CUSTOMERIO_WEBHOOK_TOKEN: 'short' });
    expect(readWebhookTokens(env)).toEqual([
      { workspace: 'acme', tokens: [A, B] },
      { workspace: 'globex', tokens: [C] },
    ]);
  });

  it('name one workspace each, and errors show none of them', () => {
    const errors = errorsOf(() => readWebhookTokens(config(yaml(`[${A}, ${B}, ${B}]`, `"${C},${A}"`))));
    expect(errors).toEqual([
      'customerio.workspaces[1].webhook_token: is the token of another workspace already',
    ]);
    const comma = config(yaml('["${TOKENS}"]', 'short'), { TOKENS: `${A},${B}` });
    expect(errorsOf(() => readWebhookTokens(comma))).toEqual([
      'customerio.workspaces[0].webhook_token[0]: may hold no comma: it is one token of a list',
      'customerio.workspaces[1].webhook_token[0]: must have at least 16 characters',
    ]);
  });

  it('are not read by the worker, which rejects other unknown settings', () => {
    const read = (extra: string): unknown =>
      readWorkspaces(
        config(
          `customerio: { workspaces: [{ name: a, campaign_webhook_url: "https://h.example", webhook_token: "\${NOT_SET}" ${extra} }] }`,
        ),
      );
    expect(read('')).toMatchObject([{ name: 'a' }]);
    expect(errorsOf(() => read(', webhook_tokens: x'))).toEqual([
      'customerio.workspaces[0]: Unrecognized key: "webhook_tokens"',
    ]);
  });
});

describe('keywords', () => {
  it("are Twilio's defaults without a configuration", () => {
    expect(readKeywords({})).toMatchObject({ match: 'exact', wording: 'off' });
  });

  it('come from the file', () => {
    const env = config('keywords: { match: contains, countries: { FR: { stop: [ARRET] } } }');
    expect(readKeywords(env)).toMatchObject({ match: 'contains', countries: { FR: { stop: ['ARRET'] } } });
    expect(errorsOf(() => readKeywords(config('keywords: { matches: contains }')))).toEqual([
      'keywords: Unrecognized key: "matches"',
    ]);
  });
});

describe('the numbers of Messaging Services', () => {
  const SERVICE = `MG${'1'.repeat(32)}`;
  const withServices = (services: string) =>
    config(`twilio: { accounts: [{ sid: ${ONE}, auth_tokens: [${PRESENT_1}], services: ${services} }] }`);

  it('come from the accounts of the file, for ingest and worker alike', () => {
    const env = withServices(`{ ${SERVICE}: ['+15005550006', '55512'] }`);
    const numbersOf = serviceNumbersOf(readRoutes(env));
    expect(numbersOf(SERVICE)).toEqual(['+15005550006', '55512']);
    expect(numbersOf('')).toEqual([]);
    expect(readTwilioAccounts(env)).toMatchObject([{ sid: ONE }]);
  });

  it('are none without a file, and need the SID of a service', () => {
    expect(serviceNumbersOf(readRoutes({}))(SERVICE)).toEqual([]);
    expect(errorsOf(() => readRoutes(withServices('{ MG1: [x] }')))).toHaveLength(1);
    expect(errorsOf(() => readTwilioAccounts(withServices(`{ ${SERVICE}: [] }`)))).toHaveLength(1);
  });
});

describe('a sender of the file', () => {
  const SERVICE = `MG${'1'.repeat(32)}`;
  const withAccount = (settings: string) =>
    config(`twilio: { accounts: [{ sid: ${ONE}, auth_tokens: [${PRESENT_1}], ${settings} }] }`);
  const AT = 'twilio.accounts[0]';
  const SPELLED =
    'must be a Messaging Service (MG and 32 hexadecimal digits), or a number as +15005550006, a short code or another sender of yours';
  const TEXT = 'must be text: in YAML, write a number in quotes, as "+15005550006"';

  it.each([
    ["services: { %s: ['15005550006'] }", `${AT}.services.(not shown)[0]: ${SPELLED}`],
    ["services: { %s: ['+15005550006', '+1 500 555 0007'] }", `${AT}.services.(not shown)[1]: ${SPELLED}`],
    ['services: { %s: [+15005550006] }', `${AT}.services.(not shown)[0]: ${TEXT}`],
    ["services: { %s: ['%s'] }", `${AT}.services.(not shown)[0]: is a Messaging Service: name its numbers`],
    [
      "services: { MG1: ['+15005550006'] }",
      `${AT}.services.(not shown): is not the SID of a Messaging Service`,
    ],
    ["numbers: ['15005550006']", `${AT}.numbers[0]: ${SPELLED}`],
    ["numbers: '+15005550006, 15005550007'", `${AT}.numbers[1]: ${SPELLED}`],
    ["numbers: ['whatsapp:15005550006']", `${AT}.numbers[0]: ${SPELLED}`],
    ['numbers: [15005550006]', `${AT}.numbers[0]: ${TEXT}`],
    ["numbers: ['MG1']", `${AT}.numbers[0]: ${SPELLED}`],
    ["sender_names: { '15005550006': alerts }", `${AT}.sender_names.(not shown): ${SPELLED}`],
    ['sender_names: { +15005550006: alerts }', `${AT}.sender_names.(not shown): ${SPELLED}`],
    ["sender_names: { '+1 500': alerts }", `${AT}.sender_names.(not shown): ${SPELLED}`],
    ["routes: [{ senders: ['15005550006'], workspace: default }]", `${AT}.routes[0].senders[0]: ${SPELLED}`],
  ])('that no message can have stops the start: %s', (settings, error) => {
    const env = withAccount(settings.replaceAll('%s', SERVICE));
    expect(errorsOf(() => readRoutes(env))).toEqual([error]);
    expect(errorsOf(() => readTwilioAccounts(env))).toEqual([error]);
  });

  it('may be a number, a short code, an address of another channel or a name', () => {
    const env = withAccount(
      `services: { ${SERVICE}: ['+15005550006', '24567', 'whatsapp:+15005550007', 'rcs:brand_a'] }, ` +
        `numbers: ['+15005550008', 'ACME'], sender_names: { ${SERVICE}: offers, '24567': codes }`,
    );
    expect(errorsOf(() => readRoutes(env))).toEqual([]);
  });
});

describe('forward URLs', () => {
  it('come from the file or else from the environment', () => {
    const [a, b] = ['https://a.example/x?y=1', 'https://b.example'];
    expect(readForwardUrls({})).toEqual([]);
    expect(readForwardUrls({ FORWARD_URLS: `${a}, ${b}` })).toEqual([a, b]);
    expect(
      readForwardUrls(config(`forward_urls:\n  - ${a}\n  - \${B}`, { B: b, FORWARD_URLS: 'no' })),
    ).toEqual([a, b]);
  });

  it('must be URLs of another origin than PUBLIC_URL', () => {
    const of = (urls: string): readonly string[] =>
      errorsOf(() => readForwardUrls({ FORWARD_URLS: urls, PUBLIC_URL: 'https://us.example' }));
    expect(of('ftp://a.example')).toEqual(['FORWARD_URLS: must be http or https URLs']);
    expect(of('http://a.example')).toEqual([
      'FORWARD_URLS: must be https: http is accepted for this machine and for INSECURE_HTTP_HOSTS only',
    ]);
    expect(of('https://a.example/#x')).toEqual(['FORWARD_URLS: must be URLs without #']);
    expect(of('https://us.example/webhooks')).toEqual([
      'FORWARD_URLS: may not have the origin of PUBLIC_URL',
    ]);
  });
});
