/** An SMS provider on this machine that speaks Twilio's API, as far as it is used, and that a test tells how to behave. */

import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface SmsProvider {
  /** For TWILIO_URL. */
  url: string
  /** The status that it answers with, whoever asks; null: what is due. */
  status: number | null
  /** The code for which it turns every message down; null: none. */
  refuses: number | null
  /** Takes a message, and breaks the line before it has said so. */
  cutsOff: boolean
  /** What it does with a message before it has said that it took it. */
  onTaken: ((form: Record<string, string>, sid: string) => Promise<unknown>) | null
  /** Forms of the messages that it took. */
  taken: Record<string, string>[]
  /** What its console shows its one customer. */
  account: { account_sid: string; auth_token: string; from: string }
  /** What it adds to a request of its own, for the address that it was given. */
  signature(url: string, form: Record<string, string>): string
}

export async function startSmsProvider(t: Pick<TestContext, 'after'>): Promise<SmsProvider> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const { account_sid, auth_token } = provider.account
    const home = `/2010-04-01/Accounts/${account_sid}`
    const known = `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString('base64')}`
    const answer = (status: number, json: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'retry-after': '120' })
        .end(JSON.stringify(json))
    if (provider.status) return answer(provider.status, { code: 20500 })
    if (request.headers.authorization !== known) return answer(401, { code: 20003 })
    if (request.method === 'GET' && request.url === `${home}.json`) return answer(200, { sid: account_sid })
    if (request.method !== 'POST' || request.url !== `${home}/Messages.json`)
      return answer(404, { code: 20404 })
    if (provider.refuses) return answer(400, { code: provider.refuses })
    const form = Object.fromEntries(new URLSearchParams(body))
    if (!/^\+[1-9]\d+$/.test(form.To ?? '')) return answer(400, { code: 21211 })
    provider.taken.push(form)
    if (provider.cutsOff) return void response.destroy()
    const sid = `SM${String(provider.taken.length).padStart(32, '0')}`
    await provider.onTaken?.(form, sid)
    answer(201, { sid, status: 'queued' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: SmsProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: null,
    refuses: null,
    cutsOff: false,
    onTaken: null,
    taken: [],
    account: { account_sid: `AC${'0'.repeat(32)}`, auth_token: 't'.repeat(32), from: '+34600000000' },
    signature(url, form) {
      const names = Object.keys(form).sort()
      const text = url + names.map(name => name + form[name]).join('')
      return createHmac('sha1', provider.account.auth_token).update(text).digest('base64')
    },
  }
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return provider
}
