import { renderToString } from 'preact-render-to-string';
import type { PeopleRow } from '../people-rows';
import type { MessageWithOutcome } from '../sent-messages';
import { MessageTable } from './message-table';
import { PeopleTable } from './people-table';
import { SendForm, type FormState } from './send-form';

interface PageContent {
  readonly form: FormState;
  readonly messages: readonly MessageWithOutcome[];
  readonly people: readonly PeopleRow[];
}

/** Renders the page as HTML. All text in it is escaped. */
export const renderPage = (content: PageContent): string =>
  `<!doctype html>\n${renderToString(<Page {...content} />)}\n`;

const Page = ({ form, messages, people }: PageContent) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>optout-sync demo</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/page.css" />
      <script type="module" src="/live.js" />
    </head>
    <body>
      <header>
        <h1>optout-sync demo</h1>
        <p>
          Text STOP as a phone: Twilio&apos;s signed webhook goes to ingest, the worker writes{' '}
          <code>sms_unsubscribe</code> to a sandbox of Customer.io, and the profile turns. START turns it
          back.
        </p>
        <p id="offline" role="status" hidden>
          The demo does not answer. It may have been stopped.
        </p>
      </header>
      <main>
        <div>
          <SendForm {...form} />
          <MessageTable messages={messages} />
        </div>
        <PeopleTable rows={people} />
      </main>
    </body>
  </html>
);
