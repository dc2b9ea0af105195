type Report = (...args: never[]) => void;

/** Wraps telemetry so that no method throws: a failure to report an event must not affect the event. */
export function neverThrowing<Telemetry extends object>(telemetry: Telemetry): Telemetry {
  const wrapped: Record<string, Report> = {};
  for (const [name, report] of Object.entries(telemetry) as [string, Report][]) {
    wrapped[name] = (...args) => {
      try {
        report(...args);
      } catch {
        // Metrics and log are what failed, so nothing is left to report it with.
      }
    };
  }
  return wrapped as unknown as Telemetry;
}
