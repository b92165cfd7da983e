/**
 * What an erasure asks of a domain that keeps money or points of customers: what must stay for the books stays, and says of
 * whom no more. A new domain adds itself to `forgetters`.
 */

import type { SQL } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { forgetInvoices } from '../invoices/forget.ts'
import { forgetLoyalty } from '../loyalty/forget.ts'
import { forgetPayments } from '../payments/forget.ts'

export interface Person {
  /** Of the customer, and of whoever was merged into them. */
  ids: string[]
  /** An array of regular expressions, of what they were called and reached by: for words in which they may stand. */
  patterns: SQL
}

/** Their rows are locked. */
export type Forgetter = (ctx: Context, person: Person) => Promise<void>

export const forgetters: Forgetter[] = [forgetInvoices, forgetPayments, forgetLoyalty]
