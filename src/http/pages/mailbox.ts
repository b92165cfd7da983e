/** The developer mailbox: what would have been sent, shown instead, so that a sign-up needs no mail server. */

import type { FastifyInstance } from 'fastify'
import type { Mail } from '../host.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'

export function registerMailbox(app: FastifyInstance, mailbox: () => Promise<Mail[]>): void {
  app.get('/dev/mailbox', async (request, reply) => {
    const mails = await mailbox()
    if (request.headers.accept?.includes('application/json')) return reply.send(mails)
    return reply.type('text/html; charset=utf-8').send(page('Developer mailbox', list(mails)))
  })
}

function list(mails: Mail[]): Html {
  if (mails.length === 0)
    return html`<p class="quiet">Nothing has been sent yet. Reload when something has.</p>`
  return html`${mails.map(
    ({ channel, to, subject, text, created_at }) => html`<article>
<h2>${subject ?? channel}</h2>
<p class="quiet">${channel} to ${to}, <time datetime="${created_at}">${created_at}</time></p>
<pre class="text">${text}</pre>
</article>
`,
  )}`
}
