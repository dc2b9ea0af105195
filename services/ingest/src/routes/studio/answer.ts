import { jsonAnswer } from '../../webhook/answers';
import type { WebhookAnswer } from '../../webhook/request';
import type { StudioResult } from './handle';

/** The answer to a Studio flow, which can branch on it. */
export function studioAnswer({ outcome, kind }: StudioResult): WebhookAnswer {
  switch (outcome) {
    case 'accepted':
      return jsonAnswer(200, { status: 'accepted', kind });
    case 'not_a_keyword':
    case 'ignored':
      return jsonAnswer(200, { status: 'ignored', kind });
    case 'dead_lettered':
      return jsonAnswer(202, { status: 'dead_lettered', kind });
    default:
      return outcome satisfies never;
  }
}
