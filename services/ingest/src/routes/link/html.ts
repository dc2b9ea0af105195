import { createHash } from 'node:crypto';
import type { WebhookAnswer } from '../../webhook/request';

const STYLE = `body{margin:0;background:#f4f5f7;color:#1c1e21;font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:.5rem}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
button{padding:.75rem 1.5rem;border:0;border-radius:.375rem;background:#8a1c1c;color:#fff;font:inherit;cursor:pointer}
button:focus-visible{outline:3px solid #1c4f8a;outline-offset:3px}
@media (prefers-color-scheme:dark){body{background:#16181b;color:#e9eaec}main{background:#22252a}button{background:#b23c3c}}`;

/** The page loads nothing, runs nothing, is in no frame, and sends its form to itself alone. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Nothing of a page is stored, found by search engines or passed on: its address is a secret of the person. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
};

/** A page. @param content HTML, in which all text from outside is escaped */
export function htmlPage(
  status: number,
  title: string,
  content: string,
  headers: WebhookAnswer['headers'] = {},
): WebhookAnswer {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status, headers: { ...HEADERS, ...headers }, body };
}
