export { readConfig, type Account, type Accounts, type IngestConfig } from './config/config';
export { createIngest, type Ingest, type IngestPorts } from './service';
