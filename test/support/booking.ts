/** Books in a shop as an agent does, and looks at the rows that are left. */

import assert from 'node:assert/strict'
import { Temporal } from 'temporal-polyfill'
import { uuidOf } from '../../src/catalog/kinds.ts'
import type { Db } from '../../src/database/pool.ts'
import type { Context } from '../../src/domain/context.ts'
import { trialBalance } from '../../src/domain/ledger/balances.ts'
import { verifyLedger } from '../../src/domain/ledger/verify.ts'
import { type Body, type Called, callTool, done, fresh } from './caller.ts'
import { type Person, signIn } from './person.ts'
import type { TestServer } from './server.ts'
import { made, openShop, type Shop } from './shop.ts'

export const unlimited = { rateLimit: { perMinute: 1_000_000, burst: 1_000_000 } }

export interface Desk extends Shop {
  server: TestServer
  /** uuid */
  workspaceId: string
  /** Somebody who has no booking yet. */
  customer(): Promise<string>
  /** Whatever `create_booking` answers; at 10:00 tomorrow with the first person, for somebody new. */
  book(args?: Record<string, unknown>): Promise<Called>
  /** A booking that must be made. */
  booked(args?: Record<string, unknown>): Promise<Body>
  /** What a booking of these would ask: the arguments without the customer. */
  slot(args?: Record<string, unknown>): Record<string, unknown>
  policy(policy: Record<string, unknown>): Promise<void>
  /** Sets the clock behind the house's back: nothing that falls due on the way is noted. */
  jumpTo(instant: string | Temporal.Instant): Promise<void>
  /** A call that shows a preview first, confirmed; or its refusal. */
  confirmed(tool: string, args: Record<string, unknown>): Promise<Called>
  /** The owner, signed in here. */
  person(): Promise<Person>
  /** The same where a person must approve, and does; or its refusal. */
  approved(tool: string, args: Record<string, unknown>): Promise<Called>
  /** What the ledger says, `kind: balance`, of accounts that have one; all of it recomputed and checked before. */
  books(): Promise<Record<string, number>>
  /** Rows of this workspace, as the owner sees them. */
  rows(sql: string, ...values: unknown[]): Promise<Body[]>
}

export async function openDesk(
  server: TestServer,
  options: { staff?: number; service?: Body } = {},
): Promise<Desk> {
  const shop = await openShop(server, options)
  const { workspace } = await done(shop, 'get_current_context')
  const workspaceId = uuidOf(workspace.id)
  const owner = server.house.database.owner
  const slot = (args: Record<string, unknown> = {}) => ({
    service_id: shop.serviceId,
    location_id: shop.locationId,
    staff_id: shop.staffIds[0],
    start: textOf(shop.morning(1)),
    ...args,
  })
  const customer = async () => (await made(shop, 'create_customer', { name: 'Ana Ruiz' })).id
  const book = async (args: Record<string, unknown> = {}) =>
    callTool(shop, 'create_booking', {
      customer_id: args.customer_id ?? (await customer()),
      idempotency_key: fresh(),
      ...slot(args),
    })
  const confirmed = async (tool: string, args: Record<string, unknown>) => {
    const { tool: definition } = server.house.catalog.get(tool)!
    const whole = definition.key ? { idempotency_key: fresh(), ...args } : args
    const first = await callTool(shop, tool, whole)
    if (first.body.status !== 'needs_confirmation') return first
    return callTool(shop, tool, { ...whole, confirm_token: first.body.confirm_token })
  }
  let signedIn: Promise<Person> | undefined
  const person = () => (signedIn ??= signIn(server, shop.email, workspace.id))
  return {
    ...shop,
    server,
    workspaceId,
    customer,
    book,
    slot,
    async booked(args) {
      const { isError, body } = await book(args)
      if (isError) throw new Error(`not booked: ${JSON.stringify(body)}`)
      return body.data
    },
    async policy(policy) {
      const terms = { service_id: shop.serviceId, window_days: 365, ...policy }
      await done(shop, 'set_service_booking_policy', terms)
    },
    async jumpTo(instant) {
      await owner.query('UPDATE workspaces SET clock = $1 WHERE id = $2', [instant.toString(), workspaceId])
    },
    confirmed,
    person,
    async approved(tool, args) {
      const asked = await confirmed(tool, args)
      if (asked.body.status !== 'needs_approval') return asked
      const decided = await (await person()).decide(asked.body.approval.id, 'approve')
      assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
      return { ...asked, body: decided.body.answer }
    },
    async books() {
      const context = (db: Db) => ({ db, workspace: { id: workspaceId } }) as unknown as Context
      const [findings, rows] = await server.house.database.transaction(workspaceId, {}, async ({ db }) => [
        await verifyLedger(context(db)),
        await trialBalance(context(db)),
      ])
      assert.deepEqual(findings, [])
      const sums: Record<string, number> = {}
      for (const { kind, balance } of rows) if (balance !== 0) sums[kind] = (sums[kind] ?? 0) + balance
      return sums
    },
    rows: async (sql, ...values) => (await owner.query(sql, [workspaceId, ...values])).rows,
  }
}

export function textOf(at: Temporal.ZonedDateTime | Temporal.Instant): string {
  const instant = at instanceof Temporal.Instant ? at : at.toInstant()
  return instant.toString({ smallestUnit: 'millisecond' })
}

/** An instant's text, moved. */
export function plus(text: string, duration: Temporal.DurationLike): string {
  return textOf(Temporal.Instant.from(text).add(duration))
}
