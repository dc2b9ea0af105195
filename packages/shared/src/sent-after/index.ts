export { sentAfterKey } from './keys';
export { MessageLogProgress, type CheckedSpan } from './message-log-progress';
export { personMessagesOf } from './person-messages';
export { SentAfterCursorError, SentAfterEntry, SentAfterLists } from './sent-after-lists';
export { SenderLabels } from './sender-labels';
