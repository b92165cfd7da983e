import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { liabilityAt } from '../../src/domain/loyalty/liability.ts'
import { programAt } from '../../src/domain/loyalty/program.ts'
import { units } from '../../src/domain/loyalty/tables.ts'
import { givenPurchase } from '../loyalty/shapes.ts'

export default defineTool({
  name: 'get_loyalty_liability_report',
  title: 'What is owed to members in points',
  description:
    'Points that members still have, that are locked in issued rewards or owed back, those that end in so many days if nobody ' +
    'spends them, and how many of those used up ended unused (breakage). Of one member, get_loyalty_account.',
  keywords: [
    'outstanding points',
    'points liability',
    'breakage',
    'unspent points',
    'loyalty for the accountant',
  ],
  domain: 'reports',
  effect: 'read',
  role: 'admin',
  route: 'GET /v1/reports/loyalty-liability',
  input: z.strictObject({
    within_days: z.int().min(1).max(3650).default(90).describe('For what ends soon.'),
  }),
  data: z.object({
    definition: z.literal(1).describe('Another number: the figures mean something else.'),
    as_of: Instant(),
    time_zone: z.string(),
    unit: z.enum(units).nullable().describe('Of the program in force.'),
    outstanding: z.int().describe('In lots that are not over.'),
    locked: z.int().describe('In rewards that are issued.'),
    owed: z.int().describe('Taken back after they were spent; later earnings repay them.'),
    expiring: z.object({ until: Instant(), points: z.int().describe('Of those outstanding.') }),
    ever: z.object({ earned: z.int(), redeemed: z.int(), expired: z.int() }),
    breakage_percent: z
      .number()
      .nullable()
      .describe('expired ÷ (expired + redeemed); null: none are used up.'),
  }),
  example: { given: givenPurchase, input: { within_days: 30 } },
  async run(context, { within_days: days }) {
    const { now, workspace } = context
    const until = now.add({ hours: 24 * days })
    const [program, figures] = [await programAt(context, now), await liabilityAt(context, until)]
    const { outstanding, locked, owed, expiring, earned, redeemed, expired, breakage } = figures
    return {
      definition: 1 as const,
      as_of: now,
      time_zone: workspace.timeZone,
      unit: program?.unit ?? null,
      outstanding,
      locked,
      owed,
      expiring: { until, points: expiring },
      ever: { earned, redeemed, expired },
      breakage_percent: breakage === null ? null : Math.round(breakage * 1000) / 10,
    }
  },
})
