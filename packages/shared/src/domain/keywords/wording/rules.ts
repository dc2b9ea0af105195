import { compile, maybe, oneOf, some } from './pattern';
import {
  CALLS,
  LIST,
  ME,
  MESSAGES,
  MYSELF,
  REMINDERS,
  SEVERAL_TIMES,
  STOP,
  TEXT,
  TEXTING,
  THESE,
  TO_ME,
  WHICH,
  YOU,
} from './vocabulary';

/**
 * How a clause introduces a request. `plain`: it starts with the request ("stop texting me"). `wish`: after "I want to".
 * `how`: after "how do I". `anywhere`: the request is in the middle of the clause.
 */
export type Lead = 'plain' | 'wish' | 'how' | 'anywhere';

export interface Rule {
  /** Stable: it is stored as the event's keyword or phrase. */
  readonly name: string;
  readonly leads: readonly Lead[];
  readonly request: RegExp;
}

const LET_GO = oneOf('remove', 'delete', 'erase', 'drop', 'scrub', 'take', 'get');
const FROM = oneOf('from', 'off', 'off of', 'off from', 'out of');
const NEVER = oneOf('dont', 'never', 'dont ever', 'dont you ever');
/** "Don't text me right now, I'm driving" is not an opt-out. */
const NOT_JUST_NOW = '(?! (?:right )?now)';
/** "Stop calling me sir." */
const NOT_A_NAME = '(?! (?:sir|maam|man|dude|bro|guys|you))';
const OUR_TEXTS = `${WHICH}${MESSAGES}`;
const NO_CONTACT_LIST = `${oneOf('dont call', 'dont contact', 'dont text', 'dnc', 'no call', 'no contact')} list`;

const TABLE: readonly (readonly [name: string, leads: readonly Lead[], request: string])[] = [
  ['stop_texting', ['plain'], `${STOP} ${TEXTING}(?: ${ME})?`],
  ['stop_texting', ['anywhere'], `(?:stop|quit) ${TEXTING} ${ME}`],
  [
    'stop_sending',
    ['plain', 'anywhere'],
    `${STOP} sending(?: ${oneOf(OUR_TEXTS, THESE, ME)})?(?: ${TO_ME})?`,
  ],
  ['stop_messages', ['plain'], `${oneOf(STOP, 'no more')} ${OUR_TEXTS}`],
  [
    'stop_messages',
    ['plain'],
    `cancel ${WHICH}${oneOf('texts', 'messages', 'alerts', 'notifications', 'sms')}`,
  ],
  ['stop_messages', ['plain'], `make ${OUR_TEXTS} stop`],
  ['stop_messages', ['wish'], `${OUR_TEXTS} (?:to )?(?:stop|end)`],
  [
    'stop_messages',
    ['wish', 'how'],
    `${oneOf('stop', 'end', 'cancel')} ${maybe('receiving', 'getting')}${OUR_TEXTS}`,
  ],
  ['cancel_subscription', ['plain', 'wish'], `cancel my ${oneOf('text', 'sms', 'texting')} subscription`],
  ['cancel_subscription', ['plain', 'wish'], `cancel my subscription to ${OUR_TEXTS}`],
  ['enough', ['plain'], `enough ${maybe('already')}${oneOf('with', 'of')} ${OUR_TEXTS}`],
  ['do_not_text', ['plain', 'anywhere'], `${NEVER} ${TEXT} ${oneOf(ME, 'again', 'anymore')}${NOT_JUST_NOW}`],
  ['do_not_text', ['plain'], 'dont (?:call (?:and|or) text|text (?:and|or) call)'],
  [
    'do_not_send',
    ['plain'],
    `${NEVER} send ${oneOf(OUR_TEXTS, '(?:me |us )?anything(?: else)?', `${THESE} ${oneOf('anymore', 'again', 'ever again')}`)}(?: ${TO_ME})?`,
  ],
  ['remove_me', ['plain', 'wish', 'anywhere'], `${LET_GO} ${MYSELF} ${FROM} ${LIST}`],
  ['remove_me', ['plain'], `(?:remove|take) ${FROM} ${LIST}`],
  ['remove_me', ['plain'], oneOf('(?:remove|delete) (?:me|us)', 'take (?:me|us) off')],
  ['remove_number', ['plain'], '(?:remove|delete) (?:my|this) number'],
  ['remove_me', ['wish'], `be ${oneOf('removed', 'taken off', 'deleted')}(?: ${maybe('from')}${LIST})?`],
  ['remove_me', ['wish', 'how'], `${maybe('get', 'be')}${oneOf('off', 'off of', 'out of')} ${LIST}`],
  [
    'unsubscribe',
    ['plain', 'wish', 'how'],
    `${oneOf('unsubscribe', 'opt out')}(?: ${MYSELF})?(?: ${oneOf('from', 'of', 'to')} ${oneOf(OUR_TEXTS, LIST, 'all', 'everything', 'this', 'these')})?`,
  ],
  ['opting_out', ['plain'], `i(?:m| am)? ${oneOf('opt', 'opting')} out(?: of ${OUR_TEXTS})?`],
  [
    'not_wanted',
    ['plain'],
    `(?:i )?${oneOf('dont', 'no longer', 'dont ever')} ${oneOf('want', 'need')} ${maybe('to receive', 'to get', 'to be getting')}${OUR_TEXTS}`,
  ],
  [
    'not_wanted',
    ['plain'],
    `i ${oneOf('dont', 'no longer')} want to ${oneOf('be contacted', 'be texted', 'be messaged', 'be on (?:this|your) list', 'hear from you')}`,
  ],
  ['leave_alone', ['plain'], `leave ${oneOf('me', 'us')} ${maybe('the hell', 'the fuck', 'tf')}alone`],
  ['lose_number', ['plain'], `${oneOf('lose', 'forget', 'erase')} ${oneOf('my', 'this')} number`],
  [
    'revoke_consent',
    ['plain', 'wish'],
    `(?:i )?${maybe('hereby')}${oneOf('revoke', 'withdraw', 'rescind')} ${some(3, 'my', 'all', 'any', 'prior')}consent(?: to be (?:contacted|texted|called))?`,
  ],
  ['revoke_consent', ['plain'], `i dont consent to ${maybe('receive', 'receiving')}${OUR_TEXTS}`],
  ['cease', ['plain'], 'cease and desist'],
  [
    'do_not_contact_list',
    ['plain'],
    `${oneOf('put', 'add', 'place')} ${MYSELF} (?:on|to) ${maybe('the', 'your', 'a')}${NO_CONTACT_LIST}`,
  ],
  ['told_to_stop', ['plain'], 'i (?:already )?said (?:please )?stop'],
  [
    'told_to_stop',
    ['plain'],
    `i(?:ve)? ${maybe('have', 'already', 'have already')}${oneOf('told', 'asked')} ${YOU} ${SEVERAL_TIMES}(?:to )?${maybe('please')}stop`,
  ],
  ['stop_reminders', ['plain'], `${oneOf(STOP, 'no more', 'no further', 'cancel', 'turn off')} ${REMINDERS}`],
  [
    'stop_reminders',
    ['plain', 'anywhere'],
    `(?:${STOP}|dont|never|dont ever) (?:sending|send)(?: ${ME})? ${REMINDERS}(?: ${TO_ME})?`,
  ],
  ['stop_reminders', ['plain'], `(?:stop|quit) (?:reminding|updating)(?: ${ME})`],
  [
    'stop_reminders',
    ['plain'],
    `(?:i )?${oneOf('dont', 'no longer', 'dont ever')} ${oneOf('want', 'need')} ${maybe('to receive', 'to get', 'to be getting')}${REMINDERS}${NOT_JUST_NOW}`,
  ],
  [
    'stop_reminders',
    ['wish', 'how'],
    `${oneOf('stop', 'end', 'cancel', 'turn off')} ${maybe('receiving', 'getting')}${REMINDERS}`,
  ],
  [
    'stop_reminders',
    ['plain', 'wish'],
    `(?:unsubscribe|opt out|remove|take)(?: ${MYSELF})? (?:of|${FROM}) ${REMINDERS}`,
  ],
  ['stop_calling', ['plain'], `${oneOf(STOP, 'no more', 'no further')} ${CALLS}`],
  ['stop_calling', ['plain'], `${oneOf('stop', 'quit', 'cease')} calling(?: ${ME})?${NOT_A_NAME}`],
  ['stop_calling', ['plain'], `${NEVER} call ${oneOf(ME, 'again', 'anymore')}${NOT_A_NAME}${NOT_JUST_NOW}`],
  [
    'stop_calling',
    ['plain'],
    `(?:i )?${oneOf('dont', 'no longer')} want ${maybe('to receive', 'to get', 'to be getting')}${CALLS}${NOT_JUST_NOW}`,
  ],
  ['do_not_text', ['plain'], `${NEVER} call(?: ${ME})? (?:and|or|nor) text(?: ${ME})?${NOT_JUST_NOW}`],
];

/** In the order in which they are tried; the first match wins. */
export const RULES: readonly Rule[] = TABLE.map(([name, leads, request]) => ({
  name,
  leads,
  request: compile(request),
}));
