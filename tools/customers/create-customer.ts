import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, outside } from '../../src/catalog/kinds.ts'
import { createCustomer } from '../../src/domain/customers/create.ts'
import { evidences } from '../../src/domain/customers/duplicates.ts'
import { CustomerRow, fields } from './shapes.ts'

export default defineTool({
  name: 'create_customer',
  title: 'Add a customer',
  description:
    'Adds a customer; a name alone is enough. One with this name and this email or phone is returned unchanged, as ' +
    'existing. Others who resemble them come as possible_duplicates, with the evidence: ask before you go on with a ' +
    'double.',
  keywords: ['new client', 'guest', 'patient', 'student', 'register', 'walk-in', 'save a contact'],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/customers',
  input: z.strictObject({
    name: fields.name.describe('In full, as it is said.'),
    email: fields.email.optional().describe('Email address.'),
    phone: fields.phone.optional().describe("In any format; by default a number of the workspace's country."),
    time_zone: fields.time_zone.optional().describe("Default: the workspace's."),
    language: fields.language.optional().describe('As in es or pt-BR.'),
    note: fields.note.optional().describe('What the team should know.'),
    tags: fields.tags.optional().describe('Kept in small letters.'),
  }),
  data: CustomerRow.extend({
    existing: z.boolean().describe('Was here before; nothing was changed.'),
    possible_duplicates: z
      .array(
        z.object({
          customer_id: Id('customer'),
          name: outside(z.string()),
          evidence: z.array(z.enum(evidences)),
          name_likeness: z.number().describe('0 to 1.'),
        }),
      )
      .describe('Others who may be the same person, likeliest first.'),
  }),
  example: {
    input: { name: 'Lucía García', email: 'lucia@example.com', phone: '600 123 456', tags: ['regular'] },
  },
  run: (context, input) => createCustomer(context, input),
})
