/** What a customer gets of an invoice in a real browser: its page and where it is paid, on a phone and at a desk, by light and by dark, with no script. */

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { colourSchemes, flawsOf, launchBrowser, viewports } from '../support/browser.ts'
import { type Body, callTool, done, fresh } from '../support/caller.ts'
import { newSandbox } from '../support/example.ts'
import { readPdf } from '../support/pdf.ts'
import { startServer } from '../support/server.ts'
import { made } from '../support/shop.ts'

const file = { after } as Pick<TestContext, 'after'>
const server = await startServer(file)
const browser = await launchBrowser(file)
const sandbox = await newSandbox(server, await server.signUp('Pulse Studio'))
const NOW = '2030-01-07T08:00:00Z'
const eur = (amount: number) => ({ amount, currency: 'EUR' })
let pages: Promise<Record<string, string>> | undefined
await done(sandbox, 'set_sandbox_clock', { to: NOW })
const issuer = {
  key: 'default',
  name: 'Pulse Studio S.L.',
  address: 'Calle Mayor 1\n28013 Madrid',
  tax_ids: ['ESB12345678'],
  footer: 'IBAN ES91 2100 0418 4502 0005 1332',
}
const asked = await callTool(sandbox, 'upsert_legal_entity', issuer)
await done(sandbox, 'upsert_legal_entity', { ...issuer, confirm_token: asked.body.confirm_token })

for (const javaScriptEnabled of [false, true]) {
  test(`read, keep as a PDF and pay, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const invoice = await opened()
    await browse({ javaScriptEnabled, viewport: viewports.phone }, async tab => {
      await tab.goto(invoice.url)
      await tab.getByText('€157.30 is due by 21 January 2030.').waitFor()
      const [download] = await Promise.all([
        tab.waitForEvent('download'),
        tab.getByRole('link', { name: 'Download the PDF' }).click(),
      ])
      assert.match(download.suggestedFilename(), /^invoice-inv-\d+\.pdf$/)
      const chunks = await (await download.createReadStream()).toArray()
      assert.ok((await readPdf(Buffer.concat(chunks)))[0]!.includes('Due €157.30'))

      await tab.getByRole('button', { name: 'Pay €157.30' }).click()
      await tab.getByRole('heading', { name: 'Pay by card' }).waitFor()
      await tab.getByRole('button', { name: 'Pay €157.30' }).click()
      await tab.getByText('Thank you: this is paid.').waitFor()
      await tab.goto(invoice.url)
      await tab.getByText('This invoice is paid. Thank you.').waitFor()
      assert.equal(await tab.getByRole('button').count(), 0)
    })
  })
}

test('whatever a line says, nothing of it runs, becomes markup or widens the page', async () => {
  const description = `<img src=x onerror=alert(1)>\u202e${'N'.repeat(200)}`
  const { url } = await opened({ lines: [{ description, unit_price: eur(999_999_999_999) }] })
  await browse({ viewport: viewports.phone }, async tab => {
    tab.on('dialog', () => assert.fail('a script ran'))
    await tab.goto(url)
    assert.equal(await tab.locator('main :is(img, script, iframe)').count(), 0)
    await fits(tab, 'a long line')
  })
})

for (const [device, viewport] of Object.entries(viewports)) {
  for (const colorScheme of colourSchemes) {
    test(`axe finds nothing and nothing overflows: ${device}, ${colorScheme}`, async () => {
      await browse({ viewport, colorScheme }, async tab => {
        for (const [name, url] of Object.entries(await everyPageOnce())) {
          await tab.goto(url)
          await picture(tab, `invoice-${name}-${device}-${colorScheme}`)
          const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined // The rest is the same.
          assert.deepEqual(await flawsOf(tab, rules), [], name)
          await fits(tab, name)
        }
      })
    })
  }
}

function everyPageOnce(): Promise<Record<string, string>> {
  pages ??= everyPage()
  return pages
}

/** Every kind of page there is; the clock is two days further from then on. */
async function everyPage(): Promise<Record<string, string>> {
  const [open, draft, voided, settled, paying] = [
    await opened(),
    await drafted(),
    await opened(),
    await opened(),
    await opened(),
  ]
  await confirmed('void_invoice', { invoice_id: voided.id })
  await made(sandbox, 'record_manual_payment', {
    invoice_id: settled.id,
    amount: eur(10_000),
    tender: 'cash',
  })
  const note = await callTool(sandbox, 'create_credit_note', {
    invoice_id: settled.id,
    amount: eur(5_730),
    reason: 'Came late',
    idempotency_key: fresh(),
  })
  await sandbox.person.decide(note.body.approval.id, 'approve')
  const link = await made(sandbox, 'create_payment_link', { invoice_id: paying.id })
  const late = await opened({ due_days: 0 })
  await done(sandbox, 'set_sandbox_clock', { to: '2030-01-09T08:00:00Z' })
  const paid = await made(sandbox, 'create_payment_link', { invoice_id: late.id })
  await made(sandbox, 'record_manual_payment', { invoice_id: paying.id, amount: eur(730), tender: 'cash' })
  return {
    open: open.url,
    draft: (await told(draft)).url,
    void: voided.url,
    settled: settled.url,
    late: late.url,
    part: paying.url,
    missing: `${server.url}/i/none`,
    pay: link.url,
    'pay-late': paid.url,
    'pay-missing': `${server.url}/pay/none`,
  }
}

async function drafted(more: Body = {}): Promise<Body> {
  const customer = await made(sandbox, 'create_customer', {
    name: 'Nadia Prieto',
    email: `nadia-${fresh()}@prieto.example`,
  })
  return made(sandbox, 'create_invoice', {
    customer_id: customer.id,
    tax_mode: 'inclusive',
    lines: [
      { description: 'Deep tissue massage, 60 minutes', unit_price: eur(12_100), tax_percent: 21 },
      {
        description: 'Arnica oil',
        quantity: 2,
        unit_price: eur(2_000),
        tax_percent: 10,
        discount: { amount: 370 },
      },
    ],
    memo: 'Thank you for your visit. We hope to see you again.',
    ...more,
  })
}

async function opened(more?: Body): Promise<Body> {
  const draft = await drafted(more)
  await made(sandbox, 'finalize_invoice', { invoice_id: draft.id })
  return told(draft)
}

function told({ id }: Body): Promise<Body> {
  return done(sandbox, 'get_invoice', { invoice_id: id })
}

async function confirmed(tool: string, args: Record<string, unknown>): Promise<void> {
  const whole = { ...args, idempotency_key: fresh() }
  const { body } = await callTool(sandbox, tool, whole)
  await done(sandbox, tool, { ...whole, confirm_token: body.confirm_token })
}

async function browse(options: BrowserContextOptions, work: (tab: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await work(await context.newPage())
  } finally {
    await context.close()
  }
}

async function fits(tab: Page, name: string): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.equal(await tab.evaluate(overflow), 0, `${name} is too wide`)
}

async function picture(tab: Page, name: string): Promise<void> {
  const { SCREENS } = process.env
  if (!SCREENS) return
  mkdirSync(SCREENS, { recursive: true })
  await tab.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true })
}
