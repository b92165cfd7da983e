/** The developer mailbox: what would have been sent, shown instead, so that a sign-up needs no mail server. */

import type { FastifyInstance } from 'fastify'
import type { Mail } from '../host.ts'
import { say } from '../texts/index.ts'
import { type Html, html } from './html.ts'
import { outside } from './outside.ts'
import { page } from './page.ts'
import { inParts, pieces } from './parts.ts'

export function registerMailbox(app: FastifyInstance, mailbox: () => Promise<Mail[]>): void {
  app.get('/dev/mailbox', async (request, reply) => {
    const mails = await mailbox()
    const { part } = request.query as { part?: string }
    if (request.headers.accept?.includes('application/json')) return reply.send(mails)
    return reply.type('text/html; charset=utf-8').send(page(say.mailbox.title, list(mails, part)))
  })
}

function list(mails: Mail[], part?: string): Html {
  const { none } = say.mailbox
  if (mails.length === 0) return html`<div class="empty"><h2>${none.title}</h2><p>${none.more}</p></div>`
  const articles = mails.flatMap(({ channel, to, subject, text, created_at }) =>
    pieces(text, part => html`<pre class="text">${part}</pre>`).map(
      (piece, at) => html`<article>
${at === 0 && html`<h2>${outside(subject ?? channelName(channel))}</h2>`}
<p class="quiet">${say.mailbox.envelope(channelName(channel), outside(to), html`<time datetime="${created_at}">${created_at}</time>`)}</p>
${piece}
</article>
`,
    ),
  )
  return html`${mails.length >= 100 && html`<p class="quiet">${say.mailbox.newest(mails.length)}</p>\n`}${inParts(articles, part, '/dev/mailbox')}`
}

function channelName(channel: string): string {
  return say.messages.channels[channel as never] ?? channel
}
