import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { createPackage } from '../../src/domain/entitlements/packages.ts'
import { Activation, Name, Package, Price, Validity } from './shapes.ts'

export default defineTool({
  name: 'create_package',
  title: 'Add a package or pass',
  description:
    'Something to sell that visits are taken from: ten sessions, a month without limit, a day pass. Give sessions, ' +
    'validity or both. Validity is in whole local days: with P1M, what begins on 31 January is good to the end of 28 ' +
    'February. To issue one to a customer, sell_package.',
  keywords: [
    'new pass',
    'new bundle',
    'punch card',
    'ten pack',
    'unlimited pass',
    'offer a pack of sessions',
    'bono',
    'prepaid sessions',
  ],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/packages',
  input: z.strictObject({
    name: Name(),
    sessions: z.int().min(1).max(10_000).nullable().default(null).describe('null: unlimited while valid.'),
    validity: Validity().nullable().default(null).describe('ISO 8601, as P3M or P10D; null: without end.'),
    activation: Activation().default('on_purchase').describe('When validity begins.'),
    service_ids: z
      .array(Id('service'))
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe('What it is good for; null: every service, later ones too.'),
    price: Price(),
  }),
  data: Package,
  refusals: ['not_found', 'currency_mismatch'],
  example: {
    given: {
      yoga: {
        tool: 'create_service',
        input: { name: 'Yoga', duration_minutes: 60, price: { amount: 1500, currency: 'EUR' } },
      },
    },
    input: {
      name: '10 yoga classes',
      sessions: 10,
      validity: 'P3M',
      activation: 'on_first_visit',
      service_ids: ['$yoga.id'],
      price: { amount: 12000, currency: 'EUR' },
    },
  },
  run: createPackage,
})
