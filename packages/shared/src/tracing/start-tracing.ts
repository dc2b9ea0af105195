import { DiagLogLevel, ROOT_CONTEXT, context, diag } from '@opentelemetry/api';
import { setTracing } from './span';

/** What a started tracing can do. */
export interface Tracing {
  /** Sends the spans that wait, for 5 s at most. Never rejects. */
  stop(): Promise<void>;
}

const STOP_MS = 5_000;

/**
 * Begins to record spans and to send them to the OTLP receiver of `OTEL_EXPORTER_OTLP_ENDPOINT`, in batches and in the background. Spans
 * that it does not take are dropped. OpenTelemetry's SDK reads its other variables, such as `OTEL_EXPORTER_OTLP_HEADERS` and
 * `OTEL_TRACES_SAMPLER`, by itself.
 *
 * The packages are loaded here, so a process without tracing does not load them.
 *
 * @param onError hears what the exporter complains about, outside of every span
 */
export async function startTracing(
  resource: { readonly service: string; readonly version: string; readonly instance: string },
  onError: (message: string) => void,
): Promise<Tracing> {
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const report = outsideOfSpans(onError);
  diag.setLogger(reportErrors(report), { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'optout-sync',
      'service.name': `optout-${resource.service}`,
      'service.version': resource.version,
      'service.instance.id': resource.instance,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
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

/** A batch is sent in the context of the message that began it, and its failure is not about that message. */
const outsideOfSpans =
  (onError: (message: string) => void) =>
  (message: string): void => {
    context.with(ROOT_CONTEXT, onError, undefined, message);
  };

/** The SDK gives the error as JSON with a stack; its first line says enough. */
function reportErrors(onError: (message: string) => void) {
  const ignore = (): void => undefined;
  const error = (message: string): void => {
    onError(reasonOf(message));
  };
  return { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore };
}

function reasonOf(message: string): string {
  try {
    const { message: text } = JSON.parse(message) as { readonly message?: unknown };
    if (typeof text === 'string') return text;
  } catch {
    // It is a plain text.
  }
  return message;
}
