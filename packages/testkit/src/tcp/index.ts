export { TcpProxy, type Target } from './tcp-proxy';
export type { Direction, Trap, TrapOptions } from './trap';
