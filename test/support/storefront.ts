/** A business's own site, as its pages call: with a publishable key, and with the token of a customer who signs in. */

import assert from 'node:assert/strict'
import { type Body, done, fresh } from './caller.ts'
import type { TestServer } from './server.ts'

let count = 0

/** Signs somebody in at the site, with the code from their mail. */
export async function customerToken(
  server: TestServer,
  site: string,
  { email = `customer-${process.pid}-${++count}@home.example`, name = 'Zoe' } = {},
): Promise<string> {
  return (await signInCustomer(server, site, { email, name })).customer_token
}

export async function signInCustomer(
  server: TestServer,
  site: string,
  { email, name }: { email: string; name?: string },
): Promise<Body> {
  const page = { url: server.url, key: site }
  const { request_id } = await done(page, 'sign_in_customer_request', { email, idempotency_key: fresh() })
  const code = await codeIn(server, email)
  return done(page, 'sign_in_customer_verify', {
    request_id,
    code,
    ...(name && { name }),
    idempotency_key: fresh(),
  })
}

/** The newest code that went to a customer's address. */
export async function codeIn(server: TestServer, email: string): Promise<string> {
  const mail = (await server.mailbox()).find(({ to, text }) => to === email && text.includes('sign in at'))
  assert.ok(mail, `${email} was sent no code`)
  return /\d{6}/.exec(mail.text)![0]
}
