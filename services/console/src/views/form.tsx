import type { ComponentChildren } from 'preact';

/** The name of the field that every form has. */
export const CSRF_FIELD = 'csrf';

export const CsrfField = ({ csrf }: { readonly csrf: string }) => (
  <input type="hidden" name={CSRF_FIELD} value={csrf} />
);

/** The reason of an action, which the audit trail stores. */
const WhyField = () => (
  <label>
    Why
    <input name="why" required maxLength={500} autocomplete="off" placeholder="a ticket, or what happened" />
  </label>
);

/** A form that changes something: it asks why, and its button says what happens. */
export const ActionForm = ({
  action,
  csrf,
  button,
  danger = false,
  runbook,
  children,
}: {
  readonly action: string;
  readonly csrf: string;
  /** Such as "Discard 12 dead letters". */
  readonly button: string;
  /** Whether it cannot be undone. */
  readonly danger?: boolean;
  /** The page of the documentation that says when to do it, such as `dead-letters.md#discard`. */
  readonly runbook?: string;
  readonly children?: ComponentChildren;
}) => (
  <form method="post" action={action} class="action">
    <CsrfField csrf={csrf} />
    {children}
    <WhyField />
    <button type="submit" class={danger ? 'danger' : undefined}>
      {button}
    </button>
    {runbook !== undefined && <DocsLink page={runbook}>When to do this</DocsLink>}
  </form>
);

/** A link to a page of the documentation in the repository. */
export const DocsLink = ({
  page,
  children,
}: {
  readonly page: string;
  readonly children: ComponentChildren;
}) => (
  <small>
    {children}: <code>docs/{page}</code>
  </small>
);
