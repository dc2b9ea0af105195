import type { WorkspaceState } from '../workspace/workspace-state';

/** A request as the operations see it: authenticated and within the rate limits. */
export interface ApiRequest {
  workspace: WorkspaceState;
  /** The variable parts of the path, decoded. */
  params: string[];
  query: URLSearchParams;
  /** Parsed JSON; the raw text when it is not JSON; null without a body. */
  body: unknown;
  bodyBytes: number;
  /** Base URL of the workspace's region. */
  regionUrl: string;
  /** A fault asks for a search page without people. */
  emptyPage: boolean;
}
