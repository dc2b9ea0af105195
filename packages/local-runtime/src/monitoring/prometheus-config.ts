/** What Prometheus scrapes, as `host:port` of the private ports. */
export interface ScrapeTargets {
  readonly ingest: readonly string[];
  readonly worker: readonly string[];
  /** None where it does not run. */
  readonly console?: readonly string[];
}

export interface PrometheusConfig {
  readonly targets: ScrapeTargets;
  /** Absolute paths. */
  readonly ruleFiles: readonly string[];
  /** Seconds between two scrapes of a target, and between two evaluations of rules that name no interval. */
  readonly intervalSeconds: number;
}

/** Prometheus' configuration file: JSON, which is YAML too. The names of the jobs are those that the alerts rely on. */
export function prometheusConfig({ targets, ruleFiles, intervalSeconds }: PrometheusConfig): string {
  const interval = `${intervalSeconds}s`;
  const job = (name: keyof ScrapeTargets) => ({
    job_name: `optout-${name}`,
    static_configs: [{ targets: targets[name] ?? [] }],
  });
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: [job('ingest'), job('worker'), ...(targets.console?.length ? [job('console')] : [])],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
