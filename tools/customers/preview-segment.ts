import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { RuleTree } from '../../src/domain/customers/segment-rule.ts'
import { findSegment, previewSegment } from '../../src/domain/customers/segments.ts'
import { CustomerRow, ruleHelp, SegmentKey } from './shapes.ts'

export default defineTool({
  name: 'preview_segment',
  title: 'Who is in a segment',
  description:
    'How many customers meet a rule, and a few of them: of a saved segment by its key, or of a rule that you try. ' +
    ruleHelp,
  keywords: ['how many clients would get it', 'count an audience', 'test a filter', 'sample'],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/segments/preview',
  input: z.strictObject({
    key: SegmentKey().optional().describe('Of a saved one.'),
    rule: RuleTree.optional().describe('Or one that is not saved.'),
    at: Instant().optional().describe('As of when; default: now.'),
    limit: z.int().min(0).max(20).default(3).describe('Customers shown.'),
  }),
  data: z.object({ count: z.int(), sample: z.array(CustomerRow) }),
  refusals: ['not_found'],
  example: { input: { rule: { any: [{ tag: 'vip' }, { visits: { at_least: 5, within_days: 365 } }] } } },
  async run(context, { key, rule, at, limit }) {
    if ((key === undefined) === (rule === undefined)) {
      throw new Refusal('invalid_input', 'key: Give a key or a rule.', { field: 'key' })
    }
    return previewSegment(context, rule ?? (await findSegment(context, key!)).rule, { at, limit })
  },
})
