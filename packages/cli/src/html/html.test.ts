import { foreign, html } from './html';
import { page, tableHtml } from './page';

const HOSTILE = `<b a='1' b="2">&\u001b[31m\u202e`;
const HARMLESS = '&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;\\u001b[31m\\u202e';

describe('html', () => {
  it('escapes what is inserted as text, and shows control characters', () => {
    expect(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text).toBe(`<p title="${HARMLESS}">${HARMLESS}</p>`);
    expect(foreign(HOSTILE).text).toBe(`<bdi>${HARMLESS}</bdi>`);
  });

  it('inserts numbers, HTML and lists of HTML as they are', () => {
    expect(html`${1}${html`<i>${'<'}</i>`}${[html`<u>a</u>`, html`<u>b</u>`]}`.text).toBe(
      '1<i>&lt;</i><u>a</u><u>b</u>',
    );
  });
});

describe('page', () => {
  it('escapes the title and the cells of tables, and loads nothing', () => {
    const text = page(HOSTILE, [tableHtml([HOSTILE], [[HOSTILE], [html`<i>x</i>`]])]);
    for (const unwanted of ['<b ', '\u001b', '\u202e', 'src=', 'href=', 'url('])
      expect(text).not.toContain(unwanted);
    expect(text).toContain('<i>x</i>');
    expect(text).toContain("default-src 'none'");
  });
});
