/** English texts stand in one place, ready for other languages: in a made-up one, no page says a word of English. */

import './support/made-up-language.ts'
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { englishIn } from './support/english.ts'

// After the language is chosen, which imports in the usual form would not wait for.
const { startServer } = await import('./support/server.ts')
const { send } = await import('./support/person.ts')
const { furnish } = await import('./support/furnished.ts')
const { sections } = await import('../src/http/console/sections.ts')
const { say } = await import('../src/http/texts/index.ts')

const server = await startServer({ after: work => after(work as () => void) })
const business = await furnish(server, await server.signUp('Pulse Studio'))

test('a server speaks the language that it is told', () => {
  assert.equal(say.locale, 'el')
  assert.equal(say.kit.save, 'Ταχε')
})

const pages: Record<string, string> = {
  ...Object.fromEntries(sections.map(({ href, text }) => [text, href])),
  more: '/console/more',
  ...business.pages,
  'sign-in': '/console/sign-in',
  'sign-in-code': '/console/sign-in/code',
  catalog: '/catalog?domain=bookings',
  tool: '/catalog/create_booking',
  connect: '/connect',
  error: '/errors/slot_conflict',
  mailbox: '/dev/mailbox',
}

/** Of the business and of its things, of programs, and what has a code of its own in every language. */
const names = [
  ...[
    'Pulse Studio',
    'Nadia Prieto',
    'Eva Marín',
    'Luis Ortega',
    'Personal yoga',
    'Your umbrella',
    'INV-0001',
    'Sign-up key',
  ],
  ...['Claude Code', 'Cursor', 'VS Code'],
  ...['Europe/Madrid', 'EUR'],
]

test('no page says a word of English', async () => {
  const found: Record<string, string[]> = {}
  for (const path of Object.values(pages)) {
    const answer = await fetch(server.url + path, { headers: { cookie: business.owner.cookie } })
    assert.equal(answer.status, 200, path)
    const words = englishIn(await answer.text(), names)
    if (words.length > 0) found[path] = words
  }
  assert.deepEqual(found, {})
})

test('the house’s own mails are in it too: codes, invitations, what waits for a reviewer', async () => {
  await send(server.url, 'POST', '/console/session/request', { email: business.email })
  const mails = (await server.mailbox()).filter(({ id }) => !id.startsWith('delivery_'))
  const kinds = new Set(mails.map(({ id }) => id.split('_')[0]))
  assert.deepEqual([...kinds].sort(), ['approval', 'invite', 'request'])
  // Without addresses and an invitation's token; what waits is named as the tool's contract does.
  const titles = server.house.catalog.entries.map(({ tool }) => tool.title)
  for (const { subject, text } of mails) {
    const words = `${subject}\n${text}`.replace(/https?:\S+/g, '').replace(/^\S{40,}$/gm, '')
    const known = [...names, ...titles, 'Backdesk']
    assert.equal(
      known.reduce((left, name) => left.replaceAll(name, ''), words).match(/[A-Za-z]{2,}/g),
      null,
      words,
    )
  }
})
