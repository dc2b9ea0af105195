export { listen, startAdminServer, type AdminServer, type Probe } from './admin-server';
