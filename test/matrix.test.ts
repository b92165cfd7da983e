/**
 * Who may call what: every tool × every kind of principal × role, as `matrix.txt` has it. It is made from the tools'
 * definitions, so that a change of what somebody may do is read in review; and each cell is tried by a call.
 */

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { principalOfMember } from '../src/access/authenticate.ts'
import { customerPrincipal, signedInCustomer, visitorPrincipal } from '../src/access/customer.ts'
import { FRONT_DESK, type Principal, type Role, roles, type Workspace } from '../src/access/principal.ts'
import { allScopes, readingScopes, scopesOfRole } from '../src/access/scopes.ts'
import { createCall } from '../src/calls/road.ts'
import type { Entry } from '../src/catalog/catalog.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { connectClient } from './support/oauth.ts'
import { signIn } from './support/person.ts'
import { startServer, type TestServer } from './support/server.ts'
import { customerToken } from './support/storefront.ts'
import { colleague } from './support/team.ts'

const FILE = new URL('matrix.txt', import.meta.url)
const LEGEND = `Who may call what, made by matrix.test.ts.
+ may   - unauthenticated   s lacks the scope   r lacks the role   b only in a sandbox   l not among a customer’s calls
k only with that kind of principal   > as the tool that it forwards to
`

/** What a kind of principal is by the rules; `null` of nobody. */
interface Kind {
  scopes: ReadonlySet<string>
  role: Role
  sandbox?: true
  only?: readonly string[]
  /** What an `only` asks for besides. */
  calls?: Principal['only']
  by?: Principal['kind']
}

const linked = {
  booking_id: 'booking_01kx0000000000000000000000',
  service_id: 'service_01kx0000000000000000000000',
  location_id: 'location_01kx0000000000000000000000',
  staff_id: 'staff_01kx0000000000000000000000',
}
const customer = customerPrincipal({ customerId: crypto.randomUUID(), customerName: 'Zoe', ...linked })

const visitor = visitorPrincipal({ id: crypto.randomUUID(), name: 'Our site' })
const signedIn = signedInCustomer({ id: crypto.randomUUID(), name: 'Zoe', sessionId: crypto.randomUUID() })
const shopWindow = [
  'get_current_context',
  'list_locations',
  'list_services',
  'get_service',
  'get_available_slots',
  'find_next_available_slot',
]

const ofRole = (role: Role): Kind => ({ role, scopes: scopesOfRole[role] })
const kinds: Record<string, Kind | null> = {
  anonymous: null,
  'key member': ofRole('member'),
  'key admin': ofRole('admin'),
  'key owner': ofRole('owner'),
  'key read-only': { role: 'owner', scopes: new Set(readingScopes(scopesOfRole.owner)) },
  'key of a staff member': ofRole('member'),
  'key of a sandbox': { ...ofRole('owner'), sandbox: true },
  'client member': ofRole('member'),
  'client member, read-only': { role: 'member', scopes: new Set(readingScopes(scopesOfRole.member)) },
  'person member': ofRole('member'),
  'person admin': ofRole('admin'),
  'person owner': ofRole('owner'),
  'customer with a link': {
    role: 'member',
    scopes: customer.scopes,
    by: 'customer',
    calls: customer.only,
    only: [
      'get_booking',
      'preview_booking_cancellation',
      'get_available_slots',
      'find_next_available_slot',
      'reschedule_booking',
      'cancel_booking',
    ],
  },
  'publishable key': {
    role: 'member',
    scopes: visitor.scopes,
    by: 'publishable_key',
    calls: visitor.only,
    only: [...shopWindow, 'sign_in_customer_request', 'sign_in_customer_verify'],
  },
  'customer signed in': {
    role: 'member',
    scopes: signedIn.scopes,
    by: 'customer',
    calls: signedIn.only,
    only: [
      ...shopWindow,
      'list_bookings',
      'get_booking',
      'quote_booking',
      'create_booking',
      'submit_intake_form',
      'reschedule_booking',
      'preview_booking_cancellation',
      'cancel_booking',
      'sign_out_customer',
    ],
  },
}

type Cell = '+' | '-' | 's' | 'r' | 'b' | 'k' | 'l' | '>'

function cellOf({ tool, scope }: Entry, kind: Kind | null): Cell {
  if (tool.role === 'nobody') return '+'
  if (!kind) return '-'
  if (tool.forwards) return '>'
  if (!kind.scopes.has(scope)) return 's'
  if (roles.indexOf(kind.role) < roles.indexOf(tool.role)) return 'r'
  if (tool.sandboxOnly && !kind.sandbox) return 'b'
  if (tool.by && tool.by !== kind.by) return 'k'
  return kind.only && !kind.only.includes(tool.name) ? 'l' : '+'
}

/** A call that ends at the arguments' form if it is let so far; a customer's arguments are part of what is let. */
type Try = (tool: string, args: object) => Promise<{ isError: boolean; body: Body }>

const closing: (() => unknown)[] = []
let server: TestServer
const tries: Record<string, Try> = {}

before(async () => {
  const rateLimit = { perMinute: 1_000_000, burst: 1_000_000 }
  server = await startServer({ after: work => void closing.push(work) }, { rateLimit })
  const { url, house } = server
  const owner = await server.signUp()
  const person = await signIn(server, owner.email, owner.workspaceId)
  const desk = { url, key: owner.key }
  const keyed = (args: object) => ({ ...args, idempotency_key: fresh() })
  const key = async (args: object) =>
    (await done(desk, 'create_api_key', keyed({ name: 'A', ...args }))).api_key
  const { id: staff_id } = await done(desk, 'create_staff', keyed({ name: 'Eva' }))
  const member = await colleague(server, owner, { person })
  const admin = await colleague(server, owner, { person, role: 'admin' })
  const [boss] = await done(desk, 'list_members')
  const published = { name: 'Site', origins: ['https://studio.example'] }
  const site = (await done(desk, 'create_publishable_key', keyed(published))).publishable_key
  const connected = await connectClient(server, member.email)
  const reading = await connectClient(server, member.email, scope => scope.endsWith(':read'))

  const tokens: Record<string, string | undefined> = {
    anonymous: undefined,
    'key member': await key({ role: 'member', scopes: [...scopesOfRole.member] }),
    'key admin': await key({ role: 'admin', scopes: [...scopesOfRole.admin] }),
    'key owner': await key({ scopes: [...scopesOfRole.owner] }),
    'key read-only': await key({}),
    'key of a staff member': await key({ staff_id, scopes: [...scopesOfRole.member] }),
    'key of a sandbox': (await done(desk, 'create_sandbox', keyed({}))).api_key,
    'publishable key': site,
    'customer signed in': await customerToken(server, site),
    'client member': connected.access_token,
    'client member, read-only': reading.access_token,
  }
  for (const [kind, token] of Object.entries(tokens))
    tries[kind] = (tool, args) => callTool({ url, key: token }, tool, args)

  // A person and a customer come by pages, which ask the road for them.
  const call = createCall(house)
  const workspace: Workspace = { ...FRONT_DESK, id: uuidOf(owner.workspaceId), name: 'Live', kind: 'live' }
  const inPerson =
    (principal: Principal, surface: 'console' | 'page'): Try =>
    async (tool, args) => {
      const request = { principal, workspace, requestId: 'matrix', surface, tool, arguments: args }
      const answer = await call(request)
      return answer.refusal
        ? { isError: true, body: answer.refusal.toBody() }
        : { isError: false, body: answer.body }
    }
  const people = { member: member.memberId, admin: admin.memberId, owner: boss.id }
  for (const [role, id] of Object.entries(people)) {
    const principal = await house.database.transaction(workspace.id, {}, ({ db }) =>
      principalOfMember(db, workspace.id, uuidOf(id)),
    )
    tries[`person ${role}`] = inPerson(principal!, 'console')
  }
  tries['customer with a link'] = inPerson(customer, 'page')
})

after(async () => {
  for (const close of closing) await close()
})

test('the matrix of who may call what is the committed one', async () => {
  const names = Object.keys(kinds)
  const { entries } = server.house.catalog
  const width = Math.max(...entries.map(({ tool }) => tool.name.length))
  const columns = names.map((name, at) => `${' '.repeat(width)} ${'| '.repeat(at)}${name}`)
  const lines = entries.map(entry => {
    const cells = Object.values(kinds).map(kind => cellOf(entry, kind))
    return `${entry.tool.name.padEnd(width)} ${cells.join(' ')} ${entry.scope} ${entry.tool.role}`
  })
  const made = `${LEGEND}\n${[...columns, ...lines].join('\n')}\n`
  if (process.env.UPDATE_SNAPSHOTS) await writeFile(FILE, made)
  const command = 'UPDATE_SNAPSHOTS=1 npx node --test test/matrix.test.ts'
  assert.equal(
    made,
    await readFile(FILE, 'utf8'),
    `Who may call what has changed. If that is meant: ${command}`,
  )
})

for (const [name, kind] of Object.entries(kinds)) {
  test(`each cell holds by a call: ${name}`, async () => {
    const { entries } = server.house.catalog
    const waiting = [...entries]
    const work = async () => {
      for (let entry = waiting.shift(); entry; entry = waiting.shift()) await tryOne(name, kind, entry)
    }
    await Promise.all([work(), work(), work(), work()])
  })
}

async function tryOne(name: string, kind: Kind | null, entry: Entry): Promise<void> {
  const cell = cellOf(entry, kind)
  const { tool } = entry
  if (cell === '>') return tryForwarding(name, kind!, entry)
  assert.equal(answered(await tries[name]!(tool.name, argsFor(kind, tool.name))), cell, tool.name)
}

/** Through a forwarding tool one may do what one may do without it. */
async function tryForwarding(
  name: string,
  kind: Kind,
  { tool: { name: via, forwards } }: Entry,
): Promise<void> {
  const targets = server.house.catalog.entries.filter(
    ({ tool }) => !tool.forwards && (tool.effect === 'read') === (forwards === 'read'),
  )
  for (const cell of ['+', 's', 'r', 'b', 'k', 'l'] as const) {
    const target = targets.find(entry => cellOf(entry, kind) === cell)
    if (!target) continue
    const { name: tool } = target.tool
    const answer = await tries[name]!(via, { tool, arguments: argsFor(kind, tool) })
    assert.equal(answered(answer), cell, `${via} to ${tool}`)
  }
}

function argsFor(kind: Kind | null, tool: string): object {
  if (!kind?.calls) return { no_such_argument: true }
  // Tried, and not done: the rest is still to be called.
  const control = tool === 'sign_out_customer' ? { dry_run: true } : {}
  return { ...kind.calls[tool]?.fixed, ...control }
}

/** Which cell an answer stands for. */
function answered({ isError, body }: { isError: boolean; body: Body }): Cell {
  const { code, details } = isError ? (body.data?.code ? body.data : body) : { code: 'none', details: {} }
  if (code === 'unauthenticated') return '-'
  if (code !== 'forbidden_scope') {
    assert.ok(['none', 'invalid_input', 'not_found'].includes(code), JSON.stringify(body))
    return '+'
  }
  if (details.needed_scopes) return 's'
  if (details.needed_role) return 'r'
  if (details.needed_workspace) return 'b'
  return details.needed_principal ? 'k' : 'l'
}

test('no tool needs a scope that nobody can have', () => {
  for (const { tool, scope } of server.house.catalog.entries) assert.ok(allScopes.includes(scope), tool.name)
})
