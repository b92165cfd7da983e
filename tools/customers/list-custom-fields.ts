import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { wire } from '../../src/catalog/wire.ts'
import { listFields } from '../../src/domain/customers/fields.ts'
import { FieldShown } from './shapes.ts'

export default defineTool({
  name: 'list_custom_fields',
  title: 'Fields of your own for customers',
  description:
    'The fields that this business has defined for its customers, with their types. What a customer has in them is in ' +
    'get_customer.',
  keywords: ['extra columns', 'own attributes', 'which fields can be filled in', 'custom properties'],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/custom-fields',
  input: z.strictObject({}),
  data: z.array(FieldShown),
  example: { input: {} },
  run: async context => (await listFields(context)).map(wire),
})
