/** What the console says of money: the invoices of a business, one of them, and a customer's timeline. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done } from './support/caller.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

test('an invoice is listed by its state and read with its payments, and is in its customer’s timeline', async t => {
  const server = await startServer(t)
  const { key, email } = await server.signUp()
  const agent = { url: server.url, key }
  const { cookie } = await signIn(server, email)
  const page = async (path: string) => (await fetch(server.url + path, { headers: { cookie } })).text()
  const customer = await made(agent, 'create_customer', {
    name: 'Nadia <b>Prieto',
    email: 'n@prieto.example',
  })
  const unit_price = { amount: 6050, currency: 'EUR' }
  const lines = [{ description: 'Physiotherapy', quantity: 2, unit_price, tax_percent: 21 }]
  const draft = await made(agent, 'create_invoice', { customer_id: customer.id, lines })
  const { id, number } = await made(agent, 'finalize_invoice', { invoice_id: draft.id })
  assert.match(await page(`/console/invoices/${id}`), /Nothing has been paid yet/)
  await made(agent, 'record_manual_payment', {
    invoice_id: id,
    tender: 'cash',
    amount: { amount: 2100, currency: 'EUR' },
  })

  const list = await page('/console/invoices?show=open')
  assert.ok(
    list.includes(number) && list.includes('€121.00') && list.includes('€100.00'),
    'of all, what is due',
  )
  assert.ok(list.includes('Nadia &lt;b&gt;Prieto'))
  assert.ok(!(await page('/console/invoices?show=paid')).includes(number))
  const one = await page(`/console/invoices/${id}`)
  for (const text of ['Physiotherapy', '2 × €60.50', 'Tax, 21 %', '€21.00', 'Cash', '€100.00'])
    assert.ok(one.includes(text), text)
  const { url } = await done(agent, 'get_invoice', { invoice_id: id })
  assert.ok(one.includes(`href="${url}"`), 'and a way to what the customer sees')

  const timeline = await page(`/console/customers/${customer.id}`)
  assert.ok(timeline.includes(`href="/console/invoices/${id}"`) && timeline.includes('Payment'))
})

test('a long timeline goes on behind its first page, and repeats nothing', async t => {
  const server = await startServer(t)
  const { key, email } = await server.signUp()
  const agent = { url: server.url, key }
  const { cookie } = await signIn(server, email)
  const { id } = await made(agent, 'create_customer', { name: 'Nadia', email: 'n@prieto.example' })
  for (let nth = 0; nth < 45; nth++)
    await made(agent, 'create_customer_note', { customer_id: id, text: `note-${nth};` })
  const seen: string[] = []
  let path: string | undefined = `/console/customers/${id}`
  while (path) {
    const text: string = await (await fetch(server.url + path, { headers: { cookie } })).text()
    seen.push(...[...text.matchAll(/note-\d+;/g)].map(([found]) => found))
    path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  }
  assert.equal(seen.length, 45)
  assert.equal(new Set(seen).size, 45)
})
