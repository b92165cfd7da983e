import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { changeProgram, latestVersion } from '../../src/domain/loyalty/program.ts'
import { headOf, ProgramHead, programFields, rulesFrom, schemeFrom } from './shapes.ts'

export default defineTool({
  name: 'update_loyalty_program',
  title: 'Set the rules of the loyalty program',
  description:
    'A new version of the whole program, from now or later on; the first makes it. What was earned keeps the rules of its ' +
    'day. What was paid with a pass earns as a visit alone. For some weeks, upsert_loyalty_promotion.',
  keywords: [
    'one point for every euro',
    'how long points last',
    'months until points end',
    'add a gold tier',

    'earn rules',
    'points per euro',
    'points expiry',
    'change tiers',
    'start a loyalty program',
    'pause points',
  ],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  gate: 'confirm',
  route: 'PUT /v1/loyalty/program',
  input: z.strictObject({
    version: z.int().min(0).max(2_147_483_647).describe('The newest; 0: none.'),
    effective_from: Instant().optional().describe('Default: now.'),
    ...programFields,
  }),
  data: ProgramHead,
  refusals: ['stale_version', 'not_found'],
  review: {
    versions: async context => ({ program: await latestVersion(context) }),
  },
  example: {
    input: {
      version: 0,
      name: 'Club',
      expiry: 'P18M',
      earn_rules: [
        { kind: 'visit', points: 10 },
        { kind: 'spend', points: 1, per_amount: 100, tax: 'after_tax' },
      ],
    },
  },
  async run(context, input) {
    const program = await changeProgram(context, {
      version: input.version,
      effectiveFrom: input.effective_from,
      name: input.name,
      unit: input.unit,
      status: input.status,
      autoEnrol: input.auto_enrol,
      expiry: input.expiry,
      earnRules: rulesFrom(input.earn_rules),
      excluded: { itemIds: input.excluded_service_ids ?? [], categories: input.excluded_categories ?? [] },
      tiers: schemeFrom(input.tiers),
    })
    return headOf(program)
  },
})
