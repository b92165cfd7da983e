import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text, Version } from '../../src/catalog/kinds.ts'
import { updateDraft } from '../../src/domain/invoices/draft.ts'
import { composition, givenDraft, InvoiceBrief, invoiceId, shownAfter } from './shapes.ts'

export default defineTool({
  name: 'update_draft_invoice',
  title: 'Change a draft invoice',
  description:
    'Changes what you name of a draft; lines are replaced in full. What is finalised cannot be changed: credit it with ' +
    'create_credit_note, or void it.',
  keywords: ['edit invoice', 'add a line', 'correct the bill'],
  domain: 'invoices',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/invoices/{invoice_id}',
  input: z.strictObject({
    ...invoiceId,
    version: Version(),
    lines: composition.lines.optional(),
    discount: composition.discount.unwrap().nullable().optional().describe('null: none.'),
    tax_mode: composition.tax_mode,
    rounding: composition.rounding,
    due_days: z.int().min(0).max(365).optional().describe('From finalisation.'),
    memo: Text(2000).nullable().optional().describe('For the customer; null: none.'),
  }),
  data: InvoiceBrief,
  refusals: ['not_found', 'stale_version', 'invalid_transition', 'currency_mismatch'],
  example: { given: givenDraft, input: { invoice_id: '$draft.id', version: 1, memo: 'Thank you!' } },
  run: async (context, patch) => shownAfter(context, await updateDraft(context, patch)),
})
