import type { ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { unresolvedEvent, type DeadLetter } from '@optout-sync/shared/dead-letters';
import { Phone } from '../../views/phone';

/** What a dead letter has left undone, in some words. */
export const Undone = ({ content }: Pick<ListedDeadLetter, 'content'>) => {
  if (content === 'large') return <span class="unset">large: open it</span>;
  if (content === 'unreadable') return <span class="unset">cannot be read</span>;
  return <Payload undone={content.undone} />;
};

const Payload = ({ undone }: Pick<DeadLetter, 'undone'>) => {
  switch (undone.type) {
    case 'event':
      return (
        <>
          {undone.event.kind} from <Phone value={undone.event.phone} />
        </>
      );
    case 'sync':
      return (
        <>
          sync of <Phone value={undone.request.phone} />
        </>
      );
    case 'destination':
      return (
        <>
          {undone.destination} of <Phone value={undone.request.phone} />
        </>
      );
    case 'forward':
      return <>forward of a message</>;
    case 'people':
      return <>{undone.change.people.length} changed people</>;
    case 'raw':
      return unresolvedEvent({ undone }) ? (
        <>a keyword from a person without a phone number</>
      ) : (
        <>a message that could not be parsed</>
      );
    default:
      return undone satisfies never;
  }
};
