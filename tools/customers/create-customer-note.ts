import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { createNote } from '../../src/domain/customers/notes.ts'
import { visibilities } from '../../src/domain/customers/tables.ts'
import { givenCustomer, Note } from './shapes.ts'

export default defineTool({
  name: 'create_customer_note',
  title: 'Write a note about a customer',
  description:
    'Adds a note about a customer. A pinned one shows with the profile, all in the timeline. A private or clinical one ' +
    'is read by whoever wrote it, and by admins and owners. For the one line of the profile, update_customer.',
  keywords: [
    'remark',
    'comment',
    'medical',
    'allergy',
    'treatment record',
    'remember about her',
    'confidential',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/customers/{customer_id}/notes',
  input: z.strictObject({
    customer_id: Id('customer'),
    text: Text(5000).describe('The note.'),
    pinned: z.boolean().default(false).describe('Shows with the profile.'),
    visibility: z.enum(visibilities).default('team'),
  }),
  data: Note,
  refusals: ['not_found'],
  example: {
    given: givenCustomer,
    input: { customer_id: '$customer.id', text: 'Colour 7.1, 30 minutes', pinned: true },
  },
  async run(context, { customer_id: customerId, ...note }) {
    return wire(await createNote(context, { customerId, ...note }))
  },
})
