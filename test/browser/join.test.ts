/** An invitation in a real browser: from the form that invites to the console of who has joined. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  flawsByLightAndDark,
  idleWithoutScript,
  launchBrowser,
  lostToKeyboard,
  picture,
  tabOf,
  viewports,
} from '../support/browser.ts'
import { done } from '../support/caller.ts'
import { signIn } from '../support/person.ts'
import { startServer } from '../support/server.ts'
import { codeFor, invite } from '../support/team.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope)
const browser = await launchBrowser(scope)
const owner = await server.signUp('Pulse Studio')
const person = await signIn(server, owner.email)

async function linkFor(email: string): Promise<string> {
  const mail = (await server.mailbox()).find(
    ({ to, text }) => to === email && text.includes('/console/join/'),
  )
  return /\S+\/console\/join\/\S+/.exec(mail!.text)![0]
}

for (const javaScriptEnabled of [false, true])
  test(`invited, sent again, accepted with a code, at work: ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const email = `marta-${javaScriptEnabled}@studio.example`
    const boss = await tabOf(browser, server.url, person, { javaScriptEnabled, viewport: viewports.desk })
    await boss.goto(`${server.url}/console/team`)
    await boss.getByText('Invite somebody').click()
    await boss.getByLabel('Email').fill(email)
    await boss.getByLabel('Name').fill('Marta Ruiz')
    await boss.getByLabel('Role').selectOption('admin')
    await boss.getByRole('button', { name: 'Send the invitation' }).click()
    await boss.getByRole('button', { name: 'Send it to them' }).click()
    await boss.getByText('The invitation is on its way.').waitFor()
    const first = await linkFor(email)
    const row = boss.getByRole('listitem').filter({ hasText: email })
    await row.getByText('Its link works until').waitFor()
    await row.getByRole('button', { name: 'Send again' }).click()
    await boss.getByRole('button', { name: 'Send it to them' }).click()
    await boss.getByText('The invitation is on its way.').waitFor()

    const tab = await browser.newPage({ javaScriptEnabled, viewport: viewports.phone })
    await tab.goto(first)
    await tab.getByRole('heading', { name: 'This invitation opens nothing' }).waitFor()
    await tab.goto(await linkFor(email))
    await tab.getByText('invites you to the team of Pulse Studio').waitFor()
    await tab.getByText('Admin: also money').waitFor()
    await tab.getByRole('button', { name: 'Send me the code' }).click()
    await tab.getByLabel('Code').fill('12')
    await tab.getByRole('button', { name: 'Join the team' }).click()
    await tab.getByText('The code has six digits.').waitFor()
    await tab.getByLabel('Code').fill(await codeFor(server, email, 'join the team'))
    await tab.getByRole('button', { name: 'Join the team' }).click()
    await tab.getByText('Welcome: you belong to this team now.').waitFor()
    assert.equal(new URL(tab.url()).pathname, '/console')
    await tab.goto(`${server.url}/console/team`)
    await tab.locator('.row', { hasText: email }).getByText('Admin').waitFor()
    await boss.goto(`${server.url}/console/team`)
    assert.equal(await row.getByRole('button').count(), 0, 'it is pending no more')
    const members = await done({ url: server.url, key: owner.key }, 'list_members')
    assert.ok(
      members.some(
        (one: { email: string; name: string }) => one.email === email && one.name === 'Marta Ruiz',
      ),
    )
    await tab.close()
    await boss.close()
  })

test('each of its pages is whole: by light and by dark, on a phone and at a desk, by keyboard', async () => {
  const guest = await server.signUp('Of her own')
  const email = 'luis@studio.example'
  const token = await invite(server, owner, { email, role: 'member', person })
  const hers = await invite(server, owner, { email: guest.email, role: 'owner', person })
  const used = await invite(server, owner, { email: 'used@studio.example', person })
  await server.house.database.owner.query(
    `UPDATE team_invites SET accepted_at = clock_timestamp(), member_id = invited_by WHERE email = 'used@studio.example'`,
  )
  const signedIn = await signIn(server, guest.email)
  const visits: [string, string, boolean][] = [
    ['stranger', token, false],
    ['one-press', hers, true],
    ['another', token, true],
    ['used', used, false],
    ['gone', 'none', false],
  ]
  for (const [device, viewport] of Object.entries(viewports))
    for (const [name, at, known] of visits) {
      const tab: Page = known
        ? await tabOf(browser, server.url, signedIn, { viewport })
        : await browser.newPage({ viewport })
      const answer = await tab.goto(`${server.url}/console/join/${at}`)
      assert.deepEqual(await idleWithoutScript(tab, (await answer!.body()).toString()), [], name)
      await picture(tab, `join-${name}-${device}`)
      assert.deepEqual(await flawsByLightAndDark(tab), [], name)
      assert.deepEqual(await lostToKeyboard(tab), [], name)
      await tab.close()
    }
})

test('who is signed in with another address signs out there, and comes back to the invitation', async () => {
  const email = 'eva@studio.example'
  const token = await invite(server, owner, { email, person })
  const other = await server.signUp('Elsewhere')
  const tab = await tabOf(browser, server.url, await signIn(server, other.email), {
    javaScriptEnabled: false,
  })
  await tab.goto(`${server.url}/console/join/${token}`)
  await tab.getByText(`You are signed in as ${other.email}`).waitFor()
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.getByRole('button', { name: 'Send me the code' }).waitFor()
  await tab.close()
})
