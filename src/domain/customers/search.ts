/** Finds customers by whatever somebody remembers of them: a part of the name, of the email or of the phone. */

import { and, arrayContains, desc, eq, isNull, like, lt, type SQL, sql } from 'drizzle-orm'
import { seesCustomer } from '../../access/sight.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import type { Context } from '../context.ts'
import { hasFieldValue, inactiveSince } from './conditions.ts'
import { type Customer, labels, shown } from './customer.ts'
import type { FieldValue } from './field-values.ts'
import { fold } from './fold.ts'
import { phoneParts } from './phone.ts'
import { customers } from './tables.ts'

export interface CustomerSearch {
  /** Words that must all be there, or a phone number in any way of writing, whole or a part of it. */
  text?: string
  /** All of these. */
  tags?: string[]
  /** Has these values in the business's own fields, by key. */
  fields?: Record<string, FieldValue>
  /** Known for so many days, without a visit in them or to come. */
  inactiveDays?: number
  status?: 'active' | 'archived'
  limit: number
  cursor?: string
}

/** Newest first. @throws Refusal `invalid_input` of a field that is not defined */
export async function searchCustomers(
  ctx: Context,
  { text, tags = [], fields = {}, inactiveDays, status = 'active', limit, cursor }: CustomerSearch,
): Promise<Page<Customer[]>> {
  const after = readCursor(cursor)
  const hasFields = await Promise.all(
    Object.entries(fields).map(([key, value]) => hasFieldValue(ctx, key, value)),
  )
  const rows = await ctx.db
    .select(shown(ctx))
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, ctx.workspace.id),
        eq(customers.status, status),
        seesCustomer(ctx.sight, sql`${customers}`),
        isNull(customers.erasedAt),
        after ? lt(customers.id, after) : undefined,
        tags.length > 0 ? arrayContains(customers.tags, labels(tags)) : undefined,
        ...hasFields,
        inactiveDays === undefined
          ? undefined
          : inactiveSince(ctx, ctx.now.subtract({ hours: 24 * inactiveDays })),
        text ? hasText(fold(text), ctx.workspace.country) : undefined,
      ),
    )
    .orderBy(desc(customers.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}

function hasText(text: string, country: string): SQL | undefined {
  const phones = phoneParts(text, country)
  if (phones.length > 0) return hasAnyOf([...phones, text])
  // The longest word is the rarest, more or less: the index looks for it alone, and the others are looked for in that.
  const [longest, ...others] = text.split(' ').sort((one, other) => other.length - one.length)
  return and(hasAnyOf([longest!]), ...others.map(word => like(customers.searchText, pattern(word))))
}

/** By a function of migration 0005, which may use the index. */
function hasAnyOf(parts: string[]): SQL {
  const patterns = sql.param(parts.map(pattern))
  return sql`${customers.id} = ANY (ARRAY(SELECT customers_with_text(${patterns}::text[])))`
}

function pattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`
}
