import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { mergeCustomers } from '../../src/domain/customers/merge.ts'
import { givenTwins, MergeShown, mergeFields, mergeShown } from './shapes.ts'

export default defineTool({
  name: 'preview_customer_merge',
  title: 'Preview of two customers made one',
  description:
    'Shows what merge_customers would do with these two: which fields, tags and consent remain, what changes hands, what ' +
    'is paid twice and which visits overlap. Changes nothing.',
  keywords: ['combine duplicates', 'same person twice', 'dry run of a merge', 'before joining two profiles'],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  takesMerged: true,
  route: 'GET /v1/customers/{survivor_id}/merge/{merged_id}',
  input: z.strictObject(mergeFields),
  data: MergeShown,
  refusals: ['not_found', 'already_merged'],
  example: { given: givenTwins, input: { survivor_id: '$one.id', merged_id: '$other.id' } },
  run: async (context, { survivor_id: survivorId, merged_id: mergedId }) =>
    mergeShown(await mergeCustomers(context, { survivorId, mergedId }, false)),
})
