/** A rule is made in the console by what it is for: its form offers what that can meet, and comes back with what was written. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, done } from './support/caller.ts'
import { openConsole } from './support/console.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key, email } = await server.signUp()
const person = await signIn(server, email)
const agent = { url: server.url, key }

const PATH = '/console/settings/rules'
const conditions = ['amount', 'recipients', 'template', 'from', 'to', 'days']

async function formOf(tool: string): Promise<string> {
  const answer = await fetch(`${server.url}${PATH}?tool=${tool}`, { headers: { cookie: person.cookie } })
  return answer.text()
}

function fieldsIn(text: string): string[] {
  return conditions.filter(name => text.includes(`name="${name}"`))
}

test('the form of a tool offers the conditions that it can meet, and no others', async () => {
  assert.deepEqual(fieldsIn(await formOf('send_message')), ['recipients', 'template', 'from', 'to', 'days'])
  assert.deepEqual(fieldsIn(await formOf('refund_payment')), ['amount', 'from', 'to', 'days'])
  assert.deepEqual(fieldsIn(await formOf('create_customer')), ['from', 'to', 'days'])
})

test('the templates to choose from are those of the business, each at the version that it has', async () => {
  const templates = await done(agent, 'list_message_templates')
  const text = await formOf('send_message')
  assert.ok(templates.length > 0)
  for (const one of templates) assert.ok(text.includes(`value="${one.key}@${one.version}"`), one.key)
})

test('nobody is offered to let through what the house never lets through', async () => {
  const choices = async (tool: string) =>
    [...(await formOf(tool)).matchAll(/<option value="(approve|confirm|allow)"/g)].map(([, gate]) => gate)
  assert.deepEqual(await choices('create_customer'), ['approve', 'confirm', 'allow'])
  assert.deepEqual(await choices('cancel_booking'), ['approve', 'confirm'])
  assert.deepEqual(await choices('set_approval_policy'), ['approve'])
})

test('what is refused comes back in its form, with why: nothing has to be written again', async () => {
  const written = { tool: 'refund_payment', gate: 'confirm', reviewers: 'owner', days: '2' }
  for (const [more, why] of [
    [{ amount: 'much' }, /no amount of money/],
    [{ amount: '50', from: '21:00' }, /from when, and until when/],
    [{ amount: '50', gate: 'allow' }, /only adds/],
  ] as const) {
    const answer = await fetch(server.url + PATH, {
      method: 'POST',
      headers: { cookie: person.cookie, origin: server.url },
      body: new URLSearchParams({ ...written, ...more }),
      redirect: 'manual',
    })
    const text = await answer.text()
    assert.equal(answer.status, 422)
    assert.match(text, why)
    assert.ok(text.includes(`value="${more.amount}"`) && text.includes('value="2"'))
    assert.match(text, /value="owner" selected/)
  }
})

test('a rule is removed by what it says: one that stands at its place by now stays, and pressed twice it is one', async () => {
  const desk = await openConsole(server)
  const tools = ['create_customer', 'create_service', 'create_staff']
  for (const tool of tools) await desk.confirm(PATH, { tool, gate: 'approve', reviewers: 'owner' })
  const { text } = await desk.get('/console/settings')
  const removals = [...text.matchAll(/name="remove" value="([^"]+)"/g)].map(([, value]) => ({
    remove: value!,
  }))
  const left = async () =>
    (await done(desk.agent, 'get_workspace_settings')).approval_rules.map(({ tool }: Body) => tool)
  assert.deepEqual(await left(), tools)
  await desk.confirm(PATH, removals[0])
  await desk.confirm(PATH, removals[1])
  assert.deepEqual(await left(), ['create_staff'], 'as the page was before the first was removed')
  const again = await desk.settled(PATH, removals[0])
  assert.equal(again.status, 303, again.text)
  assert.deepEqual(await left(), ['create_staff'])
})
