import type { TwilioAnswer } from '../http-request';
import type { Target } from './target';
import type { Terminal } from './terminal';

/** What goes out, and how. */
export interface Delivery {
  readonly target: Target;
  readonly method: 'GET' | 'POST';
  /** What the receiver is to believe it by. */
  readonly proof: string;
  /** The parameters of a form, or what is sent as JSON. */
  readonly content: unknown;
  /** Of all that, what matters to a reader. */
  readonly gist: Readonly<Record<string, string | undefined>>;
  /** Whose opt-out or opt-in it may be; undefined when it is about nobody. */
  readonly person: string | undefined;
  send(): Promise<TwilioAnswer>;
}

/** Sends it `times` times, one after the other, and tells of it. @throws when no answer comes */
export async function deliver(
  delivery: Delivery,
  { times = 1, json, terminal }: { times?: number; json: boolean; terminal: Terminal },
): Promise<void> {
  const { target, method, proof, content, gist, person } = delivery;
  const answers: TwilioAnswer[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await delivery.send());
  if (json) {
    const answered = answers.map(({ status, headers, body }) => ({
      status,
      type: headers['content-type'],
      body,
    }));
    const { url, connectUrl } = target;
    terminal.out(
      JSON.stringify({ method, url, sentTo: connectUrl, proof, content, answers: answered }, null, 2),
    );
    return;
  }
  const lines = Object.entries<string | undefined>({
    ...(target.url !== target.connectUrl && { 'set at Twilio': target.url }),
    proof,
    ...gist,
  });
  terminal.out(
    [
      `${method} ${target.connectUrl}`,
      ...lines.flatMap(([name, value]) => (value === undefined ? [] : `  ${name.padEnd(21)} ${value}`)),
      ...answers.map(answerText),
      ...(person === undefined || !answers.some(wasTaken)
        ? []
        : ['', `What became of it: npm run optouts -- show ${person}`]),
    ].join('\n'),
  );
}

const wasTaken = ({ status }: TwilioAnswer) => status >= 200 && status < 300;

function answerText({ status, headers, body }: TwilioAnswer): string {
  return ['answer', String(status), headers['content-type'], body.trim()].filter(Boolean).join(' ');
}
