/** Shapes that the import's two tools share. */

import { z } from 'zod'
import { outside, secret } from '../../src/catalog/kinds.ts'
import type { ImportPlan } from '../../src/domain/customers/import-plan.ts'

/** Characters. MCP's body holds one million; the two REST routes have a limit of their own (src/http/problem.ts). */
const LONGEST = 15_000_000

export const fileFields = {
  // Kept out of the audit, as a secret is: it is other people's addresses.
  csv: secret(z.string().min(1).max(LONGEST)).describe(
    'The file, with a first line of headers; 50,000 rows at most.',
  ),
  mapping: z
    .record(z.string().max(120), z.string().max(80))
    .optional()
    .describe(
      'What a column is, by its header, where the preview guessed wrong: name, first_name, last_name, email, phone, ' +
        'time_zone, language, note, tags, field:<key>, consent:<channel>:<purpose>, ignore.',
    ),
}

export const Counts = z.object({
  rows: z.int(),
  new: z.int(),
  known: z.int().describe('Empty fields are filled, tags added.'),
  repeated: z.int().describe('Of an earlier row.'),
  faulty: z.int().describe('Left out.'),
})

export const planFields = {
  columns: z.array(z.object({ header: outside(z.string()), target: z.string() })),
  counts: Counts,
  faults: z
    .array(z.object({ row: z.int(), column: outside(z.string()), message: z.string() }))
    .describe('The first 50.'),
}

const MOST_FAULTS = 50

export function planShown({ columns, counts, faults }: ImportPlan) {
  return { columns, counts, faults: faults.slice(0, MOST_FAULTS) }
}
