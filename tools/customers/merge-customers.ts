import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { mergeCustomers, mergeVersions } from '../../src/domain/customers/merge.ts'
import { givenTwins, MergeShown, mergeFields, mergeShown } from './shapes.ts'

export default defineTool({
  name: 'merge_customers',
  title: 'Merge customers',
  description:
    'Makes one customer of two, for good; a person decides. Fields of the survivor win, empty ones are filled, tags are ' +
    'united, the more restrictive consent holds, and bookings, classes, packages, messages and notes become the ' +
    "survivor's. Look at preview_customer_merge first. Not for a family that shares a phone: set_customer_relationships.",
  keywords: ['combine duplicates', 'same person twice', 'join two profiles', 'deduplicate'],
  domain: 'customers',
  effect: 'destroy',
  role: 'member',
  gate: 'approve',
  key: true,
  takesMerged: true,
  route: 'POST /v1/customers/{survivor_id}/merge',
  input: z.strictObject(mergeFields),
  data: MergeShown,
  refusals: ['not_found', 'already_merged'],
  review: {
    versions: (context, { survivor_id, merged_id }) => mergeVersions(context, [survivor_id, merged_id]),
  },
  example: { given: givenTwins, input: { survivor_id: '$one.id', merged_id: '$other.id' } },
  run: async (context, { survivor_id: survivorId, merged_id: mergedId }) =>
    mergeShown(await mergeCustomers(context, { survivorId, mergedId }, true)),
})
