export { AuditAction, AuditTrail, type AuditEntry } from './audit-trail';
