/** A WhatsApp on this machine that speaks its Cloud API, as far as it is used, and that a test tells how to behave. */

import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { CredentialsOf } from '../../src/access/credentials.ts'
import type { TemplateThere } from '../../src/domain/messaging/whatsapp.ts'

export interface WhatsAppProvider {
  /** For WHATSAPP_URL. */
  url: string
  /** What it answers whoever sends; null: what is due. */
  refuses: { status: number; code: number } | null
  /** Takes a message, and breaks the line before it has said so. */
  cutsOff: boolean
  /** Messages that it took. */
  taken: Body[]
  /** What the business has there, ten on a page. */
  templates: TemplateThere[]
  /** What its pages show its one customer, and what they have chosen for the webhook. */
  account: CredentialsOf<'whatsapp'>
  /** What it adds to a notice. */
  signature(raw: string): string
}

// biome-ignore lint/suspicious/noExplicitAny: a test goes on to check what it took.
type Body = any

const PAGE = 10

export async function startWhatsApp(t: Pick<TestContext, 'after'>): Promise<WhatsAppProvider> {
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    const { phone_number_id, business_account_id, access_token } = provider.account
    const url = new URL(request.url!, provider.url)
    const answer = (status: number, json: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'retry-after': '120' })
        .end(JSON.stringify(json))
    const refuse = (status: number, code: number) =>
      answer(status, { error: { message: `No, not to ${text}`, type: 'OAuthException', code } })
    if (request.headers.authorization !== `Bearer ${access_token}`) return refuse(401, 190)
    const asked = `${request.method} ${url.pathname}`
    if (asked === `GET /${phone_number_id}`) return answer(200, { id: phone_number_id })
    if (asked === `GET /${business_account_id}/message_templates`) {
      const from = Number(url.searchParams.get('after') ?? 0)
      const page = provider.templates.slice(from, from + PAGE)
      const more = from + PAGE < provider.templates.length
      return answer(200, {
        data: page.map(({ body, ...one }) => ({ ...one, components: [{ type: 'BODY', text: body }] })),
        paging: { cursors: { after: String(from + PAGE) }, ...(more && { next: 'https://…' }) },
      })
    }
    if (asked !== `POST /${phone_number_id}/messages`) return refuse(404, 100)
    if (provider.refuses) return refuse(provider.refuses.status, provider.refuses.code)
    const body = JSON.parse(text)
    if (body.type === 'template' && !provider.templates.some(one => isApproved(one, body.template)))
      return refuse(404, 132001)
    provider.taken.push(body)
    if (provider.cutsOff) return void response.destroy()
    answer(200, { messaging_product: 'whatsapp', messages: [{ id: `wamid.${provider.taken.length}` }] })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: WhatsAppProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuses: null,
    cutsOff: false,
    taken: [],
    templates: [],
    account: {
      phone_number_id: '1234567890',
      business_account_id: '987654321',
      access_token: 'w'.repeat(40),
      app_secret: 's'.repeat(32),
      verify_token: 'v'.repeat(12),
    },
    signature: raw => `sha256=${createHmac('sha256', provider.account.app_secret).update(raw).digest('hex')}`,
  }
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return provider
}

/** It fills in as many values as the text has places. */
function isApproved({ name, language, status, body }: TemplateThere, asked: Body): boolean {
  const places = new Set(body.match(/\{\{\d+\}\}/g)).size
  const values = asked.components?.[0].parameters.length ?? 0
  return status === 'APPROVED' && name === asked.name && language === asked.language.code && places === values
}
