import {
  OperationError,
  applyOverride,
  overrideOf,
  requireAuthor,
  type Author,
  type OverrideRequest,
} from '@optout-sync/operations';
import { maskPhone, type Subject } from '@optout-sync/shared/domain';
import { describeError } from '../../http/describe-error';
import type { Answer, ConsoleRequest, ConsoleRoute } from '../../http/route';
import { ChangeView } from './change-view';
import type { PersonPage } from './person-page';
import { PersonView } from './person-view';
import { profilePagesOf } from './profile-pages';
import { proofOf } from './proof';
import { readPerson, subjectIn } from './read-person';
import { correct, previewOutdated, setBack, verify } from './verify';

type Handle = ConsoleRoute['handle'];

/** Answers the page of a person. */
async function show(
  request: ConsoleRequest,
  subject: Subject,
  shown: Partial<Pick<PersonPage, 'revealed' | 'verified' | 'failure'>> = {},
): Promise<Extract<Answer, { page: unknown }>> {
  const { context, user, csrf, query } = request;
  const pathOf = (one: Subject): string => `/people/${context.people.idOf(one)}`;
  const page: PersonPage = {
    person: await readPerson(context, subject),
    path: pathOf(subject),
    pathOf,
    user,
    csrf,
    profilePages: profilePagesOf(context.env, subject.workspace),
    revealed: shown.revealed ?? false,
    verified: shown.verified,
    failure: shown.failure,
    allMoments: query.get('timeline') === 'all',
  };
  return { page: { title: titleOf(subject), body: <PersonView {...page} />, active: 'opt-outs' } };
}

const titleOf = ({ phone }: Subject): string => `Person ${maskPhone(phone)}`;

/** Who does it, which is never a field of the form, and why. @throws {OperationError} `who_missing` */
const authorOf = ({ user, form }: ConsoleRequest): Author =>
  requireAuthor({ by: user.name, why: form.get('why') ?? '' });

const pathIn = ({ context }: ConsoleRequest, subject: Subject): string =>
  `/people/${context.people.idOf(subject)}`;

/** Stored before the whole number leaves the console. */
async function recordReveal(request: ConsoleRequest, subject: Subject, command: string): Promise<void> {
  const { workspace, channel, phone } = subject;
  const details = { command, workspace, channel, phone };
  await request.context.stores.audit.add({ action: 'reveal', ...authorOf(request), details });
}

const reveal: Handle = async (request) => {
  const subject = subjectIn(request);
  await recordReveal(request, subject, 'console');
  return show(request, subject, { revealed: true });
};

const downloadProof: Handle = async (request) => {
  const subject = subjectIn(request);
  const body = await proofOf(request.context, subject);
  await recordReveal(request, subject, 'console proof');
  return { download: { name: 'optout-proof.json', type: 'application/json', body } };
};

/** Without an answer of Customer.io the page stays, and says why. */
const compare: Handle = async (request) => {
  const subject = subjectIn(request);
  try {
    return await show(request, subject, { verified: await verify(request.context, subject) });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { status, code, message, retryAfter } = describeError(error);
    return { ...(await show(request, subject, { failure: { code, message } })), status, retryAfter };
  }
};

const previewChange =
  (state: OverrideRequest['state']): Handle =>
  async (request) => {
    const { context, form, csrf } = request;
    const subject = subjectIn(request);
    const change = overrideOf(context.routes, subject, { sender: form.get('sender') ?? '', state });
    const entry = await context.stores.ledger.readWhole(subject);
    const view = <ChangeView request={change} entry={entry} path={pathIn(request, subject)} csrf={csrf} />;
    return {
      page: {
        title: state === 'stopped' ? 'Opt a person out' : 'Lift an opt-out',
        body: view,
        active: 'opt-outs',
      },
    };
  };

const applyChange =
  (state: OverrideRequest['state']): Handle =>
  async (request) => {
    const { context, form } = request;
    const { stores, routes: accounts } = context;
    const subject = subjectIn(request);
    const author = authorOf(request);
    const change = overrideOf(accounts, subject, { sender: form.get('sender') ?? '', state });
    const entry = await stores.ledger.readWhole(subject);
    if (String(entry?.version ?? 0) !== form.get('version')) throw previewOutdated();
    const messageSid = await applyOverride(stores, change, author);
    const notice = `Enqueued ${messageSid}: a worker records it and updates Customer.io. This page shows what becomes of it.`;
    return { redirect: pathIn(request, subject), notice };
  };

/** The page of a person, and what may be done about them. */
export const routes: readonly ConsoleRoute[] = [
  {
    method: 'GET',
    path: '/people/:id',
    role: 'viewer',
    kind: 'page',
    handle: (request) => show(request, subjectIn(request)),
  },
  { method: 'POST', path: '/people/:id/reveal', role: 'support', kind: 'action', handle: reveal },
  { method: 'POST', path: '/people/:id/proof', role: 'support', kind: 'action', handle: downloadProof },
  {
    method: 'POST',
    path: '/people/:id/verify',
    role: 'support',
    kind: 'page',
    handle: compare,
  },
  {
    method: 'POST',
    path: '/people/:id/correct',
    role: 'operator',
    kind: 'action',
    handle: async (request) => {
      const subject = subjectIn(request);
      const notice = await correct(request.context, subject, authorOf(request));
      return { redirect: pathIn(request, subject), notice };
    },
  },
  {
    method: 'POST',
    path: '/people/:id/set-back',
    role: 'operator',
    kind: 'action',
    handle: async (request) => {
      const subject = subjectIn(request);
      const shown = request.form.getAll('person');
      const notice = await setBack(request.context, subject, shown, authorOf(request));
      return { redirect: pathIn(request, subject), notice };
    },
  },
  {
    method: 'POST',
    path: '/people/:id/opt-out/preview',
    role: 'support',
    kind: 'page',
    handle: previewChange('stopped'),
  },
  {
    method: 'POST',
    path: '/people/:id/opt-out',
    role: 'support',
    kind: 'action',
    handle: applyChange('stopped'),
  },
  {
    method: 'POST',
    path: '/people/:id/opt-in/preview',
    role: 'operator',
    kind: 'page',
    handle: previewChange('started'),
  },
  {
    method: 'POST',
    path: '/people/:id/opt-in',
    role: 'operator',
    kind: 'action',
    handle: applyChange('started'),
  },
];
