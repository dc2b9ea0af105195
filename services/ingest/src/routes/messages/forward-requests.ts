import { createHash } from 'node:crypto';
import type { IngestConfig } from '@optout-sync/shared/config';
import { MessageSid } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { queryOf, type Form } from '../../webhook/form';
import type { WebhookRequest } from '../../webhook/request';
import { calledUrl } from '../../webhook/signature';
import { forwardedHeaders, wasForwarded } from './forward-headers';

/**
 * Returns a function that makes the requests which forward a verified message, one for each target. It makes none for a
 * message that was forwarded before, so that no loop arises.
 */
export function createForwardRequests({
  forwardUrls: targets,
  forwardSignature,
  publicUrl,
}: Pick<IngestConfig, 'forwardUrls' | 'forwardSignature' | 'publicUrl'>): (
  form: Form,
  request: WebhookRequest,
) => ForwardRequest[] {
  if (targets.length === 0) return () => [];
  return (form, request) => {
    if (wasForwarded(request.headers)) return [];
    const isGet = request.method === 'GET';
    const message = {
      version: 1 as const,
      id: forwardId(form, request),
      method: isGet ? ('GET' as const) : ('POST' as const),
      query: isGet ? queryOf(request.url) : '',
      headers: forwardedHeaders(request.headers, calledUrl(request, publicUrl), forwardSignature),
      body: form.body,
    };
    return targets.map((target) => ({ ...message, target }));
  };
}

/** The same for every delivery of a message: its SID or, without one, a hash of the whole message. */
function forwardId({ params, body }: Form, { url }: WebhookRequest): string {
  const sid = MessageSid.safeParse(params.MessageSid);
  return sid.success ? sid.data : createHash('sha256').update(`${url}\n${body}`).digest('hex');
}
