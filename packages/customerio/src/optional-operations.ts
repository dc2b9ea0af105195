/**
 * The operations that only optional destinations request: events of people, and Customer.io's own opt-out list. Nothing waits for
 * them, so whatever becomes of them says nothing of the API that attributes are looked up and written by.
 */
const OPTIONAL_OPERATIONS: ReadonlySet<string> = new Set(['events', 'optouts']);

/** Whether only optional destinations request an operation. */
export const isOptionalOperation = (operation: string): boolean => OPTIONAL_OPERATIONS.has(operation);
