export {
  ReplayError,
  getDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  type FiledLetter,
} from './dead-letters';
