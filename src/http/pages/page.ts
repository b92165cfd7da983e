/**
 * What every page has around its content: the head, a header with the wordmark and links, one `main`.
 * The stylesheet, `pages.css`, begins with a list of the components there are.
 */

import type { FastifyReply } from 'fastify'
import { say } from '../texts/index.ts'
import { Html, html } from './html.ts'

export interface Layout {
  /** Whose page it is, for those who have come to a business and not to us. */
  brand?: Html
  /** Links of the header, as `links` makes them; the developer's pages where nothing is said. */
  nav?: Html
  /** Beside the content, before it in the order of reading: where else one can go. */
  aside?: Html
  /** Above the title: where this page lies, or a badge. */
  above?: Html
  /** For tables and cards; prose stays narrow by itself. */
  wide?: boolean
  /** Path of a script of ours, run as a module once the page is there. It must work without. */
  script?: string
}

/** @param title also the window's, as text alone */
export function page(title: string | Html, content: Html, layout: Layout = {}): string {
  const { brand, nav = siteNav(), aside, above, wide, script } = layout
  const named = title instanceof Html ? title.plain : title
  return html`<!doctype html>
<html lang="${say.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${brand ? named : say.site.titled(named)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/pages.css">
${script !== undefined && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#content">${say.site.skip}</a>
<header class="site">
<div class="frame">
${brand ? html`<span class="wordmark">${brand}</span>` : html`<a class="wordmark" href="/">${mark}${say.site.name}</a>`}
${nav}
</div>
</header>
${aside}
<main id="content" class="${wide ? 'wide' : 'narrow'}">
${above}
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text
}

export function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(text)
}

export interface Link {
  href: string
  text: string
}

/** @param here the `href` of the page that is shown, or of the part of the site it belongs to */
export function links(items: Link[], here?: string): Html {
  return html`<nav aria-label="${say.site.main}">${items.map(
    ({ href, text }) => html`<a href="${href}"${href === here && html` aria-current="page"`}>${text}</a>
`,
  )}</nav>`
}

/** The pages for developers. */
export function siteNav(here?: string): Html {
  return links(
    [
      { href: '/catalog', text: say.site.catalog },
      { href: '/connect', text: say.site.connect },
      { href: '/v1/openapi.json', text: say.site.api },
    ],
    here,
  )
}

/** A desk bell; `icon.svg` shows the same. */
const mark = html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M12 4a1.6 1.6 0 0 1 1 2.9A8 8 0 0 1 20 15H4a8 8 0 0 1 7-8.1A1.6 1.6 0 0 1 12 4ZM3 17h18v3H3Z"/></svg>`
