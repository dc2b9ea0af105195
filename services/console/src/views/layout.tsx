import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { NavItem, User } from '../http/route';
import { CsrfField } from './form';
import { Notice } from './notice';

const NAVIGATION: readonly (readonly [NavItem, string, string])[] = [
  ['overview', '/', 'Overview'],
  ['opt-outs', '/opt-outs', 'Opt-outs'],
  ['sent-after', '/sent-after', 'Sent after'],
  ['review', '/review', 'Review'],
  ['dead-letters', '/dead-letters', 'Dead letters'],
  ['runs', '/runs', 'Runs'],
  ['drift', '/drift', 'Drift'],
  ['workspaces', '/workspaces', 'Workspaces'],
  ['audit', '/audit', 'Audit'],
  ['settings', '/settings', 'Settings'],
];

export interface LayoutProps {
  readonly title: string;
  readonly body: VNode;
  readonly active: NavItem | undefined;
  /** Who is logged in; without one the page has no navigation. */
  readonly session: { readonly user: User; readonly csrf: string; readonly canLogOut: boolean } | undefined;
  readonly notice: string | undefined;
}

/** Renders a page as HTML. All text in it is escaped. */
export const renderPage = (props: LayoutProps): string =>
  `<!doctype html>\n${renderToString(<Layout {...props} />)}\n`;

const Layout = ({ title, body, active, session, notice }: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      <title>{`${title} · optout-sync`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/assets/console.css" />
      <script defer src="/assets/htmx.js" />
      <script defer src="/assets/htmx-sse.js" />
      <script defer src="/assets/console.js" />
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      {session && <Header active={active} {...session} />}
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        {notice !== undefined && <Notice>{notice}</Notice>}
        {body}
      </main>
    </body>
  </html>
);

/** The Content-Security-Policy forbids inline styles and eval. */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0 });

const Header = ({
  active,
  user,
  csrf,
  canLogOut,
}: NonNullable<LayoutProps['session']> & { readonly active: NavItem | undefined }) => (
  <header>
    <strong>optout-sync</strong>
    <nav aria-label="Pages">
      {NAVIGATION.map(([item, href, name]) => (
        <a href={href} aria-current={item === active ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
    <form method="post" action="/search" class="search" role="search">
      <CsrfField csrf={csrf} />
      <input
        name="q"
        aria-label="Search by phone, message, person or dead letter"
        placeholder="phone, message, id"
        autocomplete="off"
        maxLength={200}
        required
      />
      <button type="submit">Search</button>
    </form>
    <div class="user">
      {user.name} <small>({user.role})</small>
      {canLogOut && (
        <form method="post" action="/logout">
          <CsrfField csrf={csrf} />
          <button type="submit">Log out</button>
        </form>
      )}
    </div>
  </header>
);
