import { DiagLogLevel, ROOT_CONTEXT, context, diag } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { setTracing } from './span';

/** What a started tracing can do. */
export interface Tracing {
  /** Sends the spans that wait, for 5 s at most. Never rejects. */
  stop(): Promise<void>;
}

const STOP_MS = 5_000;

/** What the exporter and OpenTelemetry's settings complain about. */
export interface TracingEvents {
  /** Spans were not sent. Called outside of every span. */
  readonly notSent: (reason: string) => void;
  /** A setting of OpenTelemetry is not used as it is. Called while tracing starts. */
  readonly settingIgnored: (reason: string) => void;
}

/**
 * Begins to record spans and to send them to the OTLP receiver of `OTEL_EXPORTER_OTLP_ENDPOINT`, in batches and in the background. Spans
 * that it does not take are dropped. OpenTelemetry's SDK reads its other variables, such as `OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_TRACES_SAMPLER` and `OTEL_RESOURCE_ATTRIBUTES`, by itself.
 *
 * The packages are loaded here, so a process without tracing does not load them.
 *
 * @returns `undefined` with `OTEL_SDK_DISABLED=true`
 */
export async function startTracing(
  resource: { readonly service: string; readonly version: string; readonly instance: string },
  events: TracingEvents,
): Promise<Tracing | undefined> {
  const [{ getBooleanFromEnv }, { NodeTracerProvider }] = await Promise.all([
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-trace-node'),
  ]);
  logTo({ error: events.settingIgnored, warn: events.settingIgnored });
  if (getBooleanFromEnv('OTEL_SDK_DISABLED')) return undefined;
  const provider = new NodeTracerProvider({
    resource: await resourceOf(resource),
    spanProcessors: [await createProcessor()],
  });
  provider.register();
  const report = outsideOfSpans(events.notSent);
  // What it only warns of is nothing that an operator can act on.
  logTo({ error: report });
  setTracing(true);
  return {
    async stop() {
      const late = new Promise<never>((_, reject) => {
        const giveUp = (): void => {
          reject(new Error('it did not answer in time'));
        };
        setTimeout(giveUp, STOP_MS).unref();
      });
      await Promise.race([provider.shutdown(), late]).catch((error: unknown) => {
        report((error as Error).message);
      });
      setTracing(false);
    },
  };
}

/** Sends spans in batches. */
async function createProcessor(): Promise<SpanProcessor> {
  const [{ BatchSpanProcessor }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  return new BatchSpanProcessor(new OTLPTraceExporter());
}

/** Names the process. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` take precedence. */
async function resourceOf({
  service,
  version,
  instance,
}: Parameters<typeof startTracing>[0]): Promise<Resource> {
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } =
    await import('@opentelemetry/resources');
  const own = resourceFromAttributes({
    'service.namespace': 'optout-sync',
    'service.name': `optout-${service}`,
    'service.version': version,
    'service.instance.id': instance,
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

/** A batch is sent in the context of the message that began it, and its failure is not about that message. */
const outsideOfSpans =
  (onError: (message: string) => void) =>
  (message: string): void => {
    context.with(ROOT_CONTEXT, onError, undefined, message);
  };

/** Lets these hear what the SDK says at their level, and nobody the rest. */
function logTo(to: Partial<Record<'error' | 'warn', (message: string) => void>>): void {
  const ignore = (): void => undefined;
  const hear = (listener?: (message: string) => void) => (message: string) => listener?.(reasonOf(message));
  diag.setLogger(
    { error: hear(to.error), warn: hear(to.warn), info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/** The SDK gives an error as JSON with a stack; its first line says enough. */
function reasonOf(message: string): string {
  try {
    const { message: text } = JSON.parse(message) as { readonly message?: unknown };
    if (typeof text === 'string') return text;
  } catch {
    // It is a plain text.
  }
  return message;
}
