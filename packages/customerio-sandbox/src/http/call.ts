import type { WorkspaceState } from '../workspace-state';

/** An authenticated request within its limits, as the handlers see it. */
export interface Call {
  workspace: WorkspaceState;
  /** The parts of the path that vary, decoded. */
  params: string[];
  query: URLSearchParams;
  /** Parsed JSON; the raw text when it is not JSON; null without a body. */
  body: unknown;
  bodyBytes: number;
  /** Base URL of the workspace's region. */
  regionUrl: string;
  /** A fault asks for a search page with nobody on it. */
  emptyPage: boolean;
}
