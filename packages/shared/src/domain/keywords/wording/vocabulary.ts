import { maybe, oneOf, some } from './pattern';

/** Words for the messages we send. */
export const MESSAGES = oneOf(
  ...[
    'texts?',
    'messages?',
    'sms',
    'texting',
    'messaging',
    'spam',
    'spamming',
    'junk',
    'crap',
    'shit',
    'ads',
  ],
  ...[
    'promos',
    'promotions',
    'advertisements',
    'alerts',
    'notifications',
    'offers',
    'solicitations',
    'marketing',
  ],
  ...['contact', 'communications?'],
);

/** Words between a verb and MESSAGES: "stop [all these stupid] texts". */
export const WHICH = some(
  4,
  ...['all', 'any', 'more', 'the', 'these', 'those', 'this', 'your', 'such', 'other', 'with', 'me', 'us'],
  ...['further', 'future', 'text', 'sms', 'marketing', 'promotional', 'advertising', 'spam', 'automated'],
  ...['political', 'campaign', 'sales', 'group', 'daily', 'weekly', 'constant', 'random'],
  ...['unwanted', 'unsolicited', 'annoying', 'stupid', 'dumb', 'damn', 'goddamn', 'fucking', 'bloody'],
);

/** Words before "reminders" and "calls". */
const KIND_OF = [
  ...['my', 'all', 'any', 'more', 'the', 'these', 'those', 'your', 'such', 'with', 'further', 'future', 'me'],
  ...[
    'text',
    'sms',
    'automatic',
    'automated',
    'daily',
    'weekly',
    'constant',
    'annoying',
    'stupid',
    'damn',
    'fucking',
  ],
];

/** Reminders and updates in the plural: one reminder is one appointment's. */
export const REMINDERS =
  some(
    4,
    ...KIND_OF,
    ...['appointment', 'appt', 'payment', 'order', 'delivery', 'shipping', 'status', 'account', 'refill'],
  ) + oneOf('reminders', 'updates');

export const CALLS =
  some(4, ...KIND_OF, 'phone', 'robo', 'spam', 'sales', 'marketing', 'unwanted') +
  oneOf('calls', 'robocalls');

export const THESE = oneOf(
  'these',
  'those',
  'this',
  'stuff',
  'this stuff',
  'me stuff',
  'me these',
  'me this',
);

export const ME = oneOf(
  ...['me', 'us', 'here', 'my phone', 'my number', 'my cell', 'this number', 'this phone', 'this line'],
);

export const TO_ME = oneOf(
  ...['to me', 'to us', 'to my phone', 'to my number', 'to this number', 'to this phone', 'my way'],
);

export const STOP = oneOf('stop', 'quit', 'cease', 'end', 'discontinue', 'halt');

export const TEXTING = oneOf(
  ...['texting', 'messaging', 'contacting', 'spamming', 'harassing', 'bothering', 'bugging', 'pestering'],
  ...['blowing up', 'calling (?:and|or) texting', 'texting (?:and|or) calling'],
);

export const TEXT = oneOf(
  ...[
    'text',
    'message',
    'contact',
    'spam',
    'bother',
    'harass',
    'call (?:and|or) text',
    'text (?:and|or) call',
  ],
);

/** A mailing list, as opposed to a waiting list, a guest list or a schedule. */
export const LIST =
  some(
    3,
    ...[
      'your',
      'the',
      'this',
      'that',
      'all',
      'any',
      'these',
      'of',
      'mailing',
      'text',
      'texting',
      'sms',
      'spam',
    ],
    ...['contact', 'marketing', 'calling', 'distribution', 'phone', 'message', 'messaging', 'subscription'],
    ...['damn', 'stupid', 'fucking', 'bloody'],
  ) +
  oneOf(
    ...['lists?', 'database', 'system', 'contacts', 'records', 'texts', 'messages', 'texting', 'directory'],
    ...['subscription', 'distribution', 'campaigns?', 'group texts?'],
  );

export const MYSELF = oneOf(
  ...['me', 'us', 'my number', 'this number', 'my name', 'my info', 'my contact', 'my contact info'],
  ...['my phone', 'this phone', 'my cell', 'this cell', 'my name and number'],
);

/** Words that may follow a request without changing it: a courtesy, a time, an origin or a reason. */
export const CLOSING = oneOf(
  ...['please', 'thanks', 'ok', 'okay', 'guys', 'you guys', 'bro', 'dude', 'man', 'sir', 'maam', 'period'],
  ...['now', 'already', 'anymore', 'any more', 'no more', 'again', 'ever', 'immediately', 'asap', 'at once'],
  ...['right now', 'right away', 'forever', 'for good', 'permanently', 'completely', 'altogether'],
  ...['going forward', 'in the future', 'for the last time', 'effective immediately', 'as well', 'too'],
  ...['from you', 'from your company', 'from this number', 'with me', TO_ME],
  ...[
    'i (?:dont|never|didnt|do|am|have|no longer|already|said|told)',
    'im',
    'ive',
    'this is',
    'its',
    'you have',
    'wrong number',
    'or i will',
    'or ill',
    'or else',
  ],
  ...[`and ${oneOf('stop', 'dont', 'never', 'remove', 'lose', 'leave', 'delete', 'thanks')}`],
);

export const YOU = oneOf('you', 'you guys', 'you people', 'someone', 'somebody');

export const SEVERAL_TIMES = maybe(
  ...['already', 'before', 'once', 'twice', '(?:\\d{1,3}|two|three|four|many|multiple|several) times'],
);
