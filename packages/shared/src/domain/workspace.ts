/** The name of the workspace where only one is configured. */
export const DEFAULT_WORKSPACE = 'default';
