export { inSpan, linkOf, traceparent, withLinks } from './span';
