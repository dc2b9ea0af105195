export { startLoadBalancer, type LoadBalancer, type Target } from './load-balancer';
