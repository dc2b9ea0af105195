export { inSpan, linkOf, markFailed, traceparent, withLinks } from './span';
