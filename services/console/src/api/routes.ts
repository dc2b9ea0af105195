import { listRoute as deadLetterList, showRoute as deadLetter } from './dead-letters/dead-letter-routes';
import { previewRoute, replayRoute } from './dead-letters/replay-routes';
import { cancelRoute, listRoute as runList, showRoute as run } from './dead-letters/run-routes';
import type { ApiRoute } from './http/api-route';
import { addRoute, removeRoute } from './opt-outs/change-routes';
import { driftRoute } from './opt-outs/drift-route';
import { historyRoute } from './opt-outs/history-route';
import { listRoute as optOutList } from './opt-outs/list-route';
import { lookupsRoute } from './opt-outs/lookups-route';
import { proofRoute } from './opt-outs/proof-route';
import { stateRoute } from './opt-outs/state-route';
import { listRoute as sentAfterList } from './sent-after/list-route';
import { statusRoute } from './status/status-route';

/** Every route of the API that needs a token, in the order of the document. */
export const API_ROUTES: readonly ApiRoute[] = [
  lookupsRoute,
  stateRoute,
  historyRoute,
  proofRoute,
  optOutList,
  addRoute,
  removeRoute,
  driftRoute,
  sentAfterList,
  deadLetterList,
  deadLetter,
  previewRoute,
  replayRoute,
  runList,
  run,
  cancelRoute,
  statusRoute,
];
