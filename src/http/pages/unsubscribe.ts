/** Where the link of a marketing mail leads (RFC 8058): looking changes nothing, the button's POST does, as often as it comes. */

import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Host, Subscriptions } from '../host.ts'
import { say } from '../texts/index.ts'
import { setBrowserHeaders } from './browser-headers.ts'
import { type Html, html } from './html.ts'
import { outside } from './outside.ts'
import { page, sendPage } from './page.ts'

export function registerUnsubscribe(app: FastifyInstance, { subscriptions, publicUrl }: Host): void {
  app.register(async pages => {
    await setBrowserHeaders(pages, publicUrl)
    letTheFormSayWhereItIs(pages)
    acceptOneClick(pages)
    const answer = async (reply: FastifyReply, token: string, does: Does, content: Content) => {
      const found = await subscriptions[does](token)
      if (!found) return sendPage(reply.code(404), missingPage())
      const brand = outside(found.business)
      return sendPage(
        reply,
        page(words.title, content(brand, outside(found.address)), { brand, nav: html`` }),
      )
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
type Content = (business: Html, address: Html) => Html

const words = say.unsubscribe

const question: Content = (business, address) => html`<p class="lede">${words.question(business, address)}</p>
<p>${words.ownBookings}</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<p class="actions"><button class="primary">${words.press}</button></p></form>`

const farewell: Content = (business, address) => html`<p class="lede">${words.farewell(business, address)}</p>
<p>${words.close}</p>`

function missingPage(): string {
  const { title, more } = words.missing
  return page(title, html`<p class="lede">${more}</p>`, { brand: html`${say.site.name}`, nav: html`` })
}

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
