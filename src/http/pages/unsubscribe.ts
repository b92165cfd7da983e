/** Where the link of a marketing mail leads (RFC 8058): looking changes nothing, the button's POST does, as often as it comes. */

import type { FastifyInstance, FastifyReply } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host, Subscriptions } from '../host.ts'
import { setBrowserHeaders } from './browser-headers.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'

export function registerUnsubscribe(app: FastifyInstance, { subscriptions, publicUrl }: Host): void {
  app.register(async pages => {
    await setBrowserHeaders(pages, publicUrl)
    letTheFormSayWhereItIs(pages)
    acceptOneClick(pages)
    const answer = async (reply: FastifyReply, token: string, does: Does, content: Content) => {
      const found = await subscriptions[does](token)
      if (!found)
        return reply.problem(new Refusal('not_found', 'This link is not one of ours, or its mail is gone.'))
      const text = page('Unsubscribe', content(found), { brand: html`${found.business}`, nav: html`` })
      return reply.type('text/html; charset=utf-8').send(text)
    }
    pages.get<Route>('/unsubscribe/:token', ({ params }, reply) =>
      answer(reply, params.token, 'read', question),
    )
    pages.post<Route>('/unsubscribe/:token', ({ params }, reply) =>
      answer(reply, params.token, 'end', farewell),
    )
  })
}

type Route = { Params: { token: string } }
type Does = keyof Subscriptions
type Content = (subscription: { business: string; address: string }) => Html

const question: Content = ({
  business,
  address,
}) => html`<p class="lede">No more offers and news from ${business} to
${address}.</p>
<p>Mail about your own bookings still comes.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<p class="actions"><button class="primary">Unsubscribe</button></p></form>`

const farewell: Content = ({
  business,
  address,
}) => html`<p class="lede">Done: ${business} sends no more offers and news to
${address}.</p>
<p>You can close this page.</p>`

/** With helmet's `no-referrer`, a browser sends our own form with `Origin: null`, as if from another site. */
function letTheFormSayWhereItIs(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('referrer-policy', 'same-origin')
    done()
  })
}

/** The link says it all. The body is `List-Unsubscribe=One-Click`, in either form that RFC 8058, section 3.2, allows. */
function acceptOneClick(app: FastifyInstance): void {
  const types = ['application/x-www-form-urlencoded', 'multipart/form-data']
  app.addContentTypeParser(types, { parseAs: 'string', bodyLimit: 4096 }, (_request, _body, done) =>
    done(null),
  )
}
