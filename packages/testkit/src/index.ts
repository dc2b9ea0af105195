export * from './tcp';
export * from './process';
export * from './redis';
export * from './customerio';
export * from './twilio';
export * from './load-balancer';
