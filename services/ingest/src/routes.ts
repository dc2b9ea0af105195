import type { IngestConfig } from '@optout-sync/shared/config';
import type { PublicRoute } from '@optout-sync/shared/domain';
import { Turns } from '@optout-sync/shared/event-streams';
import type { RouteContext, SuspicionEvents } from './inbound/route-context';
import { BATCH_ACCEPTED, batchErrorAnswer } from './routes/events/answers';
import { authenticateBatch } from './routes/events/authenticate';
import { createBatchHandler, type BatchSettings, type StreamEvents } from './routes/events/handle';
import { authenticateMessage } from './routes/messages/authenticate';
import { createForwardRequests } from './routes/messages/forward-requests';
import { createMessageHandler } from './routes/messages/handle';
import { answerProbe } from './routes/messages/probe';
import { createLinkAuthentication, type LinkKeys } from './routes/link/authenticate';
import { createLinkHandler } from './routes/link/handle';
import { confirmationPage, errorPage, questionPage } from './routes/link/pages';
import { intakeAnswer, intakeErrorAnswer } from './routes/optouts/answers';
import { authenticateIntake, type IntakeKeys } from './routes/optouts/authenticate';
import { createIntakeHandler } from './routes/optouts/handle';
import { PEOPLE_ACCEPTED, peopleErrorAnswer } from './routes/people/answers';
import { authenticatePeople, type PeopleKeys } from './routes/people/authenticate';
import { createPeopleHandler, type PeopleEvents } from './routes/people/handle';
import { authenticateStatus } from './routes/status/authenticate';
import { createStatusHandler } from './routes/status/handle';
import { studioAnswer } from './routes/studio/answer';
import { authenticateStudio, type StudioKeys } from './routes/studio/authenticate';
import { createStudioHandler } from './routes/studio/handle';
import { NO_CONTENT, TWIML } from './webhook/answers';
import { createReceiver, type Receiver, type WebhookEvents } from './webhook/receiver';

type Config = StudioKeys &
  PeopleKeys &
  IntakeKeys &
  LinkKeys &
  BatchSettings &
  Pick<IngestConfig, 'forwardUrls' | 'forwardSignature' | 'workspaceOf'>;
type Context = RouteContext<StreamEvents & PeopleEvents & WebhookEvents & SuspicionEvents>;
type OwnRoute = 'people' | 'optouts' | 'link';

/** The receivers of all routes. */
export function createReceivers(config: Config, context: Context): Readonly<Record<PublicRoute, Receiver>> {
  return { ...twilioReceivers(config, context), ...ownReceivers(config, context) };
}

/** Of what Twilio calls. */
function twilioReceivers(
  config: Config,
  context: Context,
): Readonly<Record<Exclude<PublicRoute, OwnRoute>, Receiver>> {
  const { telemetry } = context;
  const { keywords, blockedSends } = config;
  const turns = new Turns();
  const forwardRequests = createForwardRequests(config);
  return {
    messages: createReceiver(
      {
        route: 'messages',
        authenticate: (request) => authenticateMessage(request, config),
        answerProbe: (form) => answerProbe(form, config.accounts, context.now()),
        handle: createMessageHandler({ ...context, forwardRequests }),
        answer: () => TWIML,
      },
      telemetry,
    ),
    status: createReceiver(
      {
        route: 'status',
        authenticate: (request) =>
          authenticateStatus(request, { ...config, blockedSends: context.blockedSends }),
        handle: createStatusHandler(context),
        answer: () => NO_CONTENT,
      },
      telemetry,
    ),
    events: createReceiver(
      {
        route: 'events',
        authenticate: (request) => authenticateBatch(request, config, turns),
        handle: createBatchHandler({ ...context, turns, settings: { keywords, blockedSends } }),
        answer: () => BATCH_ACCEPTED,
        answerError: batchErrorAnswer,
      },
      telemetry,
    ),
    studio: createReceiver(
      {
        route: 'studio',
        authenticate: (request) => authenticateStudio(request, config),
        handle: createStudioHandler(context),
        answer: studioAnswer,
      },
      telemetry,
    ),
  };
}

/** Of what others call. */
function ownReceivers(config: Config, context: Context): Readonly<Record<OwnRoute, Receiver>> {
  const { telemetry } = context;
  return {
    people: createReceiver(
      {
        route: 'people',
        authenticate: (request) => authenticatePeople(request, config),
        handle: createPeopleHandler(context),
        answer: () => PEOPLE_ACCEPTED,
        answerError: peopleErrorAnswer,
      },
      telemetry,
    ),
    optouts: createReceiver(
      {
        route: 'optouts',
        authenticate: (request) => authenticateIntake(request, config),
        handle: createIntakeHandler(context),
        answer: intakeAnswer,
        answerError: intakeErrorAnswer,
      },
      telemetry,
    ),
    link: createReceiver(
      {
        route: 'link',
        authenticate: createLinkAuthentication(config, context.now),
        answerProbe: ({ link, confirmed }) => (confirmed ? undefined : questionPage(link)),
        handle: createLinkHandler(context, config),
        answer: confirmationPage,
        answerError: errorPage,
      },
      telemetry,
    ),
  };
}
