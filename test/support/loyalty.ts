/** A club with a program and members, at whatever time a test says it is. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { newId } from '../../src/database/columns.ts'
import { createLocation } from '../../src/domain/business/locations.ts'
import type { Context } from '../../src/domain/context.ts'
import { walk } from '../../src/domain/due-work.ts'
import { type Family, familyOf } from '../../src/domain/loyalty/accounts.ts'
import { accrueFor, type Line, type Source } from '../../src/domain/loyalty/accrual.ts'
import type { EarnRule } from '../../src/domain/loyalty/earn.ts'
import { pointsEnd, tierEnd } from '../../src/domain/loyalty/expiry.ts'
import { lotsOf, owedBy } from '../../src/domain/loyalty/ledger.ts'
import { balanceAt } from '../../src/domain/loyalty/lots.ts'
import { changeProgram, latestVersion, type NewProgram } from '../../src/domain/loyalty/program.ts'
import { openStudio } from './entitlements.ts'

export const at = (text: string) => Temporal.Instant.from(text)
export const JULY_6 = at('2026-07-06T10:00:00Z')

/** A euro, a point. */
export const perEuro: EarnRule = { kind: 'spend', points: 1, per: 100, minimum: 0, tax: 'before_tax' }

export const order = (): Source => ({ kind: 'order', id: newId() })
export const booking = (): Source => ({ kind: 'booking', id: newId() })

/** @param net in minor units */
export const line = (net: number, other: Partial<Line> = {}): Line => ({
  category: null,
  itemId: null,
  tax: 0,
  quantity: 1,
  net,
  ...other,
})

/** @param program null: there is none yet */
export async function openClub(
  t: Pick<TestContext, 'after'>,
  program: Partial<NewProgram> | null = {},
  options: { zone?: string; connections?: number } = {},
) {
  const studio = await openStudio(t, options)
  const { run, ana } = studio
  const change = (terms: Partial<NewProgram>, now = at('2026-01-01T00:00:00Z')) =>
    run(now, async context =>
      changeProgram(context, {
        version: await latestVersion(context),
        name: 'Club',
        unit: 'points',
        status: 'active',
        autoEnrol: true,
        expiry: 'P12M',
        earnRules: [perEuro],
        excluded: { itemIds: [], categories: [] },
        tiers: null,
        ...terms,
      }),
    )
  if (program) await change(program)
  const family = async (context: Context, customerId: string): Promise<Family> => {
    const found = await familyOf(context, customerId)
    assert.ok(found, 'not a member')
    return found
  }
  return {
    ...studio,
    change,
    /** Paid, unless a test says otherwise. @returns the accrual */
    buy: (
      lines: Line[],
      {
        now = JULY_6,
        source = order(),
        customerId = ana,
        ...other
      }: Partial<{
        now: Temporal.Instant
        source: Source
        customerId: string
        paid: boolean
        locationId: string
      }> = {},
    ) =>
      run(now, context => accrueFor(context, { source, customerId, lines, paid: true, at: now, ...other })),
    balance: (now = JULY_6, customerId = ana) =>
      run(now, async context => {
        const found = await family(context, customerId)
        return balanceAt(await lotsOf(context, found), await owedBy(context, found), now)
      }),
    location: (zone: string) =>
      run(JULY_6, async context => (await createLocation(context, { name: zone, time_zone: zone })).id),
    /** `kind points`, in order; `owed` where no lot has it. */
    async ledger(customerId = ana): Promise<string[]> {
      const { rows } = await studio.database.owner.query(
        `SELECT kind, points, lot_id FROM loyalty_entries JOIN loyalty_accounts a ON a.id = account_id
         WHERE customer_id = $1 ORDER BY account_id, number`,
        [customerId],
      )
      return rows.map(
        ({ kind, points, lot_id }) => `${kind} ${points}${lot_id || points === 0 ? '' : ' owed'}`,
      )
    },
    /** What the worker does by itself. */
    wake: (now: Temporal.Instant) =>
      run(now, context => walk({ ...context, dueWork: [pointsEnd, tierEnd] }, now)),
  }
}

export type Club = Awaited<ReturnType<typeof openClub>>
