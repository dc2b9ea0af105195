export { inSpan, isTracing, linkOf, markFailed, withLinks, withTraceparent } from './span';
