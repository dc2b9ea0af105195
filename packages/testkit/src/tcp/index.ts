export { TcpProxy } from './tcp-proxy';
export type { Direction, Trap, TrapOptions } from './trap';
