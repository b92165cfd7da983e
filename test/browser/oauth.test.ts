/** The way of a client's user in a real browser, up to the client itself: by keyboard, without a script, on a phone. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { colourSchemes, flawsOf, launchBrowser, viewports } from '../support/browser.ts'
import { askingUrl, codeFor } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

const files = { after: (work: () => unknown) => after(work as () => void) }
const both = Promise.all([startServer(files), launchBrowser(files)])

for (const javaScriptEnabled of [false, true]) {
  test(`a stranger makes a workspace on the way and connects, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async t => {
    const { server, open } = await desk(t)
    const client = await openClient(t)
    const tab = await open({ javaScriptEnabled })
    await tab.goto(await askingUrl(server, client.redirectUri, { state: 'theirs' }))
    await signUp(tab, server, newcomer())
    await tab.getByRole('button', { name: 'Connect', exact: true }).click()
    await tab.getByText('You may close this window.').waitFor()
    const { searchParams } = client.arrived[0]!
    assert.ok(searchParams.get('code'))
    assert.deepEqual([searchParams.get('state'), searchParams.get('iss')], ['theirs', server.url])
  })
}

test('by keyboard alone: sign in, take a tick away, connect, and throw the client out again', async t => {
  const { server, open } = await desk(t)
  const { email } = await server.signUp()
  const client = await openClient(t)
  const tab = await open()
  await tab.goto(await askingUrl(server, client.redirectUri))
  await tabTo(tab, 'email')
  await tab.keyboard.type(email)
  await tab.keyboard.press('Enter')
  await tab.getByLabel('Code').waitFor()
  await tabTo(tab, 'code')
  await tab.keyboard.type(await codeFor(server, email))
  await tab.keyboard.press('Enter')
  await tab.getByRole('heading', { name: 'Connect to Backdesk' }).waitFor()
  await tabTo(tab, 'customers:write')
  await tab.keyboard.press('Space')
  await tabTo(tab, 'decision')
  await tab.keyboard.press('Enter')
  await tab.getByText('You may close this window.').waitFor()
  assert.ok(client.arrived[0]!.searchParams.get('code'))

  await tab.goto(`${server.url}/console/clients`)
  await tabTo(tab, 'What it may do')
  await tab.keyboard.press('Enter')
  await tab.getByText('See customers and how to reach them').waitFor()
  assert.equal(await tab.getByText('change customers').count(), 0)
  await tabTo(tab, 'Revoke')
  await tab.keyboard.press('Enter')
  await tab.getByText('No client is connected').waitFor()
})

test('the form leads on to the client wherever that is, and is told so when the answer is no', async t => {
  const { server, open } = await desk(t)
  const { email } = await server.signUp()
  const tab = await open()
  const arrive = async (redirectUri: string, more: Record<string, string> = {}) => {
    await tab.goto(await askingUrl(server, redirectUri, more))
    if ((await tab.getByLabel('Your email').count()) > 0) await signIn(tab, server, email)
  }
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const client = await openClient(t, host)
    await arrive(client.redirectUri)
    await tab.getByRole('button', { name: 'Do not connect' }).click()
    await tab.getByText('You may close this window.').waitFor()
    assert.equal(client.arrived[0]!.searchParams.get('error'), 'access_denied', host)
  }

  const client = await openClient(t)
  await arrive(client.redirectUri)
  for (const box of await tab.getByRole('checkbox').all()) await box.uncheck()
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  await tab.getByText('Tick at least one thing').waitFor()
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  await tab.getByText('You may close this window.').waitFor()
  assert.ok(client.arrived[0]!.searchParams.get('code'), 'after a correction too')

  await arrive(client.redirectUri, { response_mode: 'form_post' })
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  await tab.getByText('You may close this window.').waitFor()
  assert.match(client.posted[0]!, /(^|&)code=/)

  const secure = await openSecureClient(t)
  await arrive(secure.redirectUri)
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  assert.equal(await secure.greeted, TLS_HANDSHAKE)
})

/** The first byte of whatever speaks TLS. */
const TLS_HANDSHAKE = 22

for (const [device, viewport] of Object.entries(viewports)) {
  for (const colorScheme of colourSchemes) {
    test(`axe finds nothing and nothing overflows: ${device}, ${colorScheme}`, async t => {
      const { server, open } = await desk(t)
      const client = await openClient(t)
      const tab = await open({ viewport, colorScheme })
      const asking = await askingUrl(server, client.redirectUri)
      await tab.goto(asking)
      await check(tab, 'who')
      await tab.getByRole('link', { name: 'Make one for your business' }).click()
      await check(tab, 'sign-up')
      await tab.goBack()
      await signUp(tab, server, newcomer(), () => check(tab, 'sign-up-code'))
      await check(tab, 'consent')
      await tab.getByRole('button', { name: 'Connect', exact: true }).click()
      await tab.getByText('You may close this window.').waitFor()

      await tab.goto(`${server.url}/console/clients`)
      await tab.getByText('What it may do').click()
      await check(tab, 'clients')
      await tab.goto(`${server.url}/console/sessions`)
      await check(tab, 'sessions')
      await tab.goto(`${server.url}/console/clients`)
      await tab.getByRole('button', { name: 'Revoke' }).click()
      await tab.getByText('No client is connected').waitFor()
      await check(tab, 'clients-none')

      await tab.goto(asking)
      for (const box of await tab.getByRole('checkbox').all()) await box.uncheck()
      await tab.getByRole('button', { name: 'Connect', exact: true }).click()
      await check(tab, 'consent-wrong')
      await tab.goto(`${server.url}/oauth/consent/none`)
      await check(tab, 'over')
      await tab.goto(asking.replace('redirect_uri=', 'redirect_uri=https%3A%2F%2Fevil.example%2F'))
      await check(tab, 'foreign')
    })

    async function check(tab: Page, name: string): Promise<void> {
      const screens = process.env.BACKDESK_SCREENS
      if (screens)
        await tab.screenshot({
          path: `${screens}/oauth-${name}-${device}-${colorScheme}.png`,
          fullPage: true,
        })
      assert.deepEqual(await flawsOf(tab), [], name)
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      assert.equal(await tab.evaluate(overflow), 0, `${name} is too wide`)
    }
  }
}

let count = 0

/** Who has no workspace yet. */
function newcomer(): string {
  return `ines-${++count}@sur.example`
}

async function desk(t: TestContext) {
  const [server, browser] = await both
  /** A tab in which nothing may run into our own policy. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options)
    t.after(() => context.close())
    const tab = await context.newPage()
    tab.on('console', message => {
      if (message.text().includes('Content Security Policy')) assert.fail(message.text())
    })
    return tab
  }
  return { server, open }
}

/** A program on the person's own machine, which waits for the code there. */
async function openClient(t: TestContext, host = '127.0.0.1') {
  const arrived: URL[] = []
  const posted: string[] = []
  const server = createHttp(async (request, answer) => {
    const url = new URL(request.url!, 'http://client')
    if (url.pathname !== '/callback') return answer.writeHead(404).end()
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.method === 'POST') posted.push(body)
    else arrived.push(url)
    return answer
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Done</title><p>You may close this window.</p>')
  })
  const port = await listen(t, server, host.replace(/[[\]]/g, ''))
  t.after(() => server.closeAllConnections())
  return { redirectUri: `http://${host}:${port}/callback`, arrived, posted }
}

/** Has no certificate that a browser would take: that it is spoken to at all says that nothing held the browser back. */
async function openSecureClient(t: TestContext) {
  const { promise: greeted, resolve } = Promise.withResolvers<number>()
  const server = createTcp(socket => {
    socket.on('error', () => {})
    socket.once('data', bytes => {
      resolve(bytes[0]!)
      socket.destroy()
    })
  })
  const port = await listen(t, server, '127.0.0.1')
  return { redirectUri: `https://127.0.0.1:${port}/callback`, greeted }
}

async function listen(t: TestContext, server: Server, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** @param look at the page that asks for the code */
async function signUp(tab: Page, server: TestServer, email: string, look = async () => {}): Promise<void> {
  await tab.getByRole('link', { name: 'Make one for your business' }).click()
  await tab.getByLabel('Your email').fill(email)
  await tab.getByLabel('Your name').fill('Inés')
  await tab.getByLabel('The business').fill('Studio Sur')
  await tab.getByLabel('Country').selectOption('ES')
  await tab.getByLabel('Time zone').selectOption('Europe/Madrid')
  await tab.getByLabel('Currency').selectOption('EUR')
  await tab.getByRole('button', { name: 'Send me a code' }).click()
  await tab.getByLabel('Code').waitFor()
  await look()
  await tab.getByLabel('Code').fill(await codeFor(server, email))
  await tab.getByRole('button', { name: 'Make the workspace' }).click()
  await tab.getByRole('button', { name: 'Connect', exact: true }).waitFor()
}

async function signIn(tab: Page, server: TestServer, email: string): Promise<void> {
  await tab.getByLabel('Your email').fill(email)
  await tab.getByRole('button', { name: 'Send me a code' }).click()
  await tab.getByLabel('Code').fill(await codeFor(server, email))
  await tab.keyboard.press('Enter')
  await tab.getByRole('button', { name: 'Connect', exact: true }).waitFor()
}

/** Presses Tab until what has the focus is called so. */
async function tabTo(tab: Page, name: string): Promise<void> {
  const focused = 'document.activeElement.name + document.activeElement.textContent'
  for (let presses = 0; presses < 80; presses++) {
    await tab.keyboard.press('Tab')
    if (((await tab.evaluate(focused)) as string).includes(name)) return
  }
  assert.fail(`no Tab leads to ${name}`)
}
