import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import type { Context } from '../../src/domain/context.ts'
import { type BulkTags, bulkTag, whoChanges } from '../../src/domain/customers/bulk-tag.ts'
import { type Rule, RuleTree } from '../../src/domain/customers/segment-rule.ts'
import { findSegment } from '../../src/domain/customers/segments.ts'
import { CustomerRow, fields, ruleHelp, SegmentKey } from './shapes.ts'

export default defineTool({
  name: 'bulk_tag_customers',
  title: 'Tag many customers',
  description:
    'Adds tags to all customers of a segment or of a rule, or takes them away; the preview says how many change, with ' +
    'three of them. For one customer, set_customer_tags. ' +
    ruleHelp,
  keywords: [
    'label everyone who came',
    'label everybody who',
    'mass update',
    'untag all',
    'mark all lapsed clients',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/customers/bulk-tags',
  input: z.strictObject({
    segment: SegmentKey().optional().describe('A saved one.'),
    rule: RuleTree.optional().describe('Or a rule.'),
    add: fields.tags.default([]).describe('Tags to add.'),
    remove: fields.tags.default([]).describe('Tags to take away.'),
  }),
  data: z.object({
    count: z.int().describe('Who changes.'),
    sample: z.array(CustomerRow).describe('Three of them, as they will be.'),
  }),
  refusals: ['not_found', 'quota_exceeded'],
  example: {
    given: {
      customer: { tool: 'create_customer', input: { name: 'Lucía García', tags: ['regular'] } },
    },
    input: { rule: { tag: 'regular' }, add: ['loyal'] },
  },
  review: {
    versions: async (context, asked) => ({ who: await whoChanges(context, await tagsOf(context, asked)) }),
  },
  run: async (context, asked) => bulkTag(context, await tagsOf(context, asked)),
})

async function tagsOf(
  context: Context,
  { segment, rule, ...tags }: Omit<BulkTags, 'rule'> & { segment?: string; rule?: Rule },
): Promise<BulkTags> {
  if ((segment === undefined) === (rule === undefined)) {
    throw new Refusal('invalid_input', 'segment: Give a segment or a rule.', { field: 'segment' })
  }
  return { ...tags, rule: rule ?? (await findSegment(context, segment!)).rule }
}
