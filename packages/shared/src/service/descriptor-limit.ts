/** What Node's report holds of the limits of the process (https://nodejs.org/api/report.html). */
interface ProcessReport {
  readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
}

/** The number of descriptors (files, sockets) that this process may have open, `Infinity` where there is no limit. */
export function descriptorLimit(): number {
  // Its types lack what Node 20.13 added.
  const report: NonNullable<typeof process.report> & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  // Otherwise the report looks up the names of the addresses of all connections.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as ProcessReport;
  report.excludeNetwork = excludeNetwork;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Infinity;
}
