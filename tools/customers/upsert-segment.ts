import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { RuleTree } from '../../src/domain/customers/segment-rule.ts'
import { segmentVersion, upsertSegment } from '../../src/domain/customers/segments.ts'
import { ruleHelp, SegmentKey, SegmentShown } from './shapes.ts'

export default defineTool({
  name: 'upsert_segment',
  title: 'Save a segment of customers',
  description:
    'Saves a rule under a key, or replaces the one that is there, in full. Who is in it is asked anew each time; a ' +
    'campaign takes the same rule as its audience. Try it with preview_segment first. ' +
    ruleHelp,
  keywords: [
    'keep a group of everybody',
    'store a filter',
    'lapsed regulars',
    'came five times',
    'group of customers',
    'audience',
    'filter',
    'target group',
    'list of VIPs',
    'saved search',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/segments/{key}',
  input: z.strictObject({
    key: SegmentKey().describe('As in lapsed_vips.'),
    name: Text(100).describe('What people read.'),
    rule: RuleTree.describe('A tree of conditions.'),
  }),
  data: SegmentShown,
  review: { versions: async (context, { key }) => ({ [key]: await segmentVersion(context, key) }) },
  example: {
    input: {
      key: 'lapsed_vips',
      name: 'VIPs not seen',
      rule: { all: [{ tag: 'vip' }, { inactive_days: 90 }] },
    },
  },
  run: async (context, input) => wire(await upsertSegment(context, input)),
})
