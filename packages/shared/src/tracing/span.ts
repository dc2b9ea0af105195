import {
  SpanKind,
  SpanStatusCode,
  context,
  createContextKey,
  isSpanContextValid,
  propagation,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
} from '@opentelemetry/api';

/** How a span begins. */
interface SpanOptions {
  /** What handles a request, takes a job, or sends a request. Default: none of these. */
  readonly kind?: 'server' | 'consumer' | 'client';
  /** SIDs, codes and names. Never a phone number, a text or a key. */
  readonly attributes?: Attributes;
  /**
   * The webhooks that caused it, as W3C `traceparent`. A single one is the parent, so that its trace goes on. Several are links of
   * a trace of its own, since a span has one parent. Without this option the parent is the present span.
   */
  readonly causes?: readonly (string | undefined)[];
}

const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT } as const;
const LINKS = createContextKey('optout-sync links');

let isOn = false;

/** Called when an exporter is registered, or closed. */
export function setTracing(on: boolean): void {
  isOn = on;
}

/** Whether spans are recorded. */
export const isTracing = (): boolean => isOn;

/**
 * Runs `work` in a span. It ends with `work`, as failed when that throws; the code of the error is an attribute, and its HTTP status where
 * it has one, its message is not.
 * Without tracing it only calls `work`.
 *
 * @throws what `work` throws
 */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  if (!isOn) return work(undefined);
  const { parent, links } = originOf(options.causes);
  const spanOptions = {
    kind: options.kind ? KINDS[options.kind] : SpanKind.INTERNAL,
    links,
    ...(options.attributes && { attributes: options.attributes }),
  };
  const tracer = trace.getTracer('optout-sync');
  return tracer.startActiveSpan(name, spanOptions, parent.deleteValue(LINKS), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      const status = (error as { readonly status?: unknown } | undefined)?.status;
      if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed, with the code of the error where it has one: for work that handles its failure within the span. */
export function markFailed(span: Span | undefined, error: unknown): void {
  span?.setStatus({ code: SpanStatusCode.ERROR });
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === 'string') span?.setAttribute('error.type', code);
}

/** The present span as W3C `traceparent`. `undefined` without tracing. */
function traceparent(): string | undefined {
  if (!isOn) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** What is stored for another process, with the present span as its cause, so that the trace goes on there. The same without tracing. */
export function withTraceparent<Value extends object>(
  values: readonly Value[],
): readonly (Value & { readonly traceparent?: string })[] {
  const cause = traceparent();
  return cause === undefined ? values : values.map((value) => ({ ...value, traceparent: cause }));
}

/** The ids of the present span for a log line. */
export function traceIds(): { readonly traceId?: string; readonly spanId?: string } {
  const spanContext = isOn ? trace.getSpanContext(context.active()) : undefined;
  return spanContext ? { traceId: spanContext.traceId, spanId: spanContext.spanId } : {};
}

/** A link to the present span. `undefined` without tracing. */
export function linkOf(): Link | undefined {
  const spanContext = isOn ? trace.getSpanContext(context.active()) : undefined;
  return spanContext && { context: spanContext };
}

/** Runs `work`, in which each span links to these as well: for a request that several jobs share. */
export function withLinks<Result>(links: readonly (Link | undefined)[], work: () => Result): Result {
  if (!isOn) return work();
  return context.with(
    context.active().setValue(
      LINKS,
      links.filter((link) => link !== undefined),
    ),
    work,
  );
}

function originOf(causes: SpanOptions['causes']): { readonly parent: Context; readonly links: Link[] } {
  const active = context.active();
  if (!causes) return { parent: active, links: (active.getValue(LINKS) as Link[] | undefined) ?? [] };
  const root = trace.deleteSpan(active);
  const origins = [...new Set(causes)].flatMap((cause) => {
    const origin = propagation.extract(root, { traceparent: cause });
    const spanContext = trace.getSpanContext(origin);
    return spanContext && isSpanContextValid(spanContext) ? [{ origin, context: spanContext }] : [];
  });
  const [first, ...others] = origins;
  if (first && others.length === 0) return { parent: first.origin, links: [] };
  return { parent: root, links: origins.map((origin) => ({ context: origin.context })) };
}
