type Report = (...args: never[]) => void;

/**
 * Wraps telemetry so that none of its methods throws: a failure to count or log something must not fail what is
 * counted or logged.
 */
export function neverThrowing<Telemetry extends object>(telemetry: Telemetry): Telemetry {
  const wrapped: Record<string, Report> = {};
  for (const [name, report] of Object.entries(telemetry) as [string, Report][]) {
    wrapped[name] = (...args) => {
      try {
        report(...args);
      } catch {
        // Neither metrics nor log are left to report this.
      }
    };
  }
  return wrapped as unknown as Telemetry;
}
