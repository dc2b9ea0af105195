import escapeHtml from 'escape-html';
import { isMessagingServiceSid, maskPhone } from '@optout-sync/shared/domain';
import type { Link } from '@optout-sync/shared/links';
import type { WebhookAnswer } from '../../webhook/request';
import { WEBHOOK_ERRORS, type WebhookError } from '../../webhook/webhook-error';
import type { LinkResult } from './handle';
import { htmlPage } from './html';

/** The page of a link, whose button opts out. */
export function questionPage(link: Link): WebhookAnswer {
  const { messages, from, phone } = wordsOf(link);
  return htmlPage(
    200,
    `Stop ${messages}${from}?`,
    `<p>This stops all ${messages}${from} to the phone number ${phone}. Nothing changes until you press the button.</p>
<form method="post"><button type="submit">Unsubscribe</button></form>`,
  );
}

/** The page after the button was pressed. Its status tells a mail program, too, whether the opt-out takes effect. */
export function confirmationPage({ link, waits }: LinkResult): WebhookAnswer {
  const { messages, from, phone } = wordsOf(link);
  if (waits) {
    return htmlPage(
      503,
      'You are not unsubscribed yet',
      `<p>Your wish to get no more ${messages}${from} to the phone number ${phone} is stored, but it cannot take effect at the moment.</p>
<p>${REPLY_STOP}</p>`,
    );
  }
  return htmlPage(
    200,
    'You are unsubscribed',
    `<p>The phone number ${phone} gets no more ${messages}${from}. A message that is on its way may still arrive.</p>
<p>To get them again, text START to the number that they came from.</p>`,
  );
}

const REPLY_STOP = 'To stop the messages, you can also reply STOP to one of them.';

const ERROR_TITLES: Readonly<Partial<Record<string, string>>> = {
  link_invalid: 'This link does not work',
  link_expired: 'This link has expired',
};

/** The page where something is wrong. It shows nothing of the request, and is the same for every link that does not work. */
export function errorPage({ code, headers }: WebhookError): WebhookAnswer {
  const { status, message } = WEBHOOK_ERRORS[code];
  const title = ERROR_TITLES[code] ?? 'That did not work';
  return htmlPage(status, title, `<p>${escapeHtml(message)}</p>\n<p>${REPLY_STOP}</p>`, headers);
}

/** What the pages say of a link. Text from outside is escaped. */
function wordsOf({
  channel,
  phone,
  sender,
  brand,
}: Link): Readonly<Record<'messages' | 'from' | 'phone', string>> {
  const name = brand || (isMessagingServiceSid(sender) ? '' : sender.replace(/^\w+:/, ''));
  return {
    messages: channel === 'whatsapp' ? 'WhatsApp messages' : 'text messages',
    from: name === '' ? '' : ` from ${escapeHtml(name)}`,
    phone: escapeHtml(maskPhone(phone)),
  };
}
