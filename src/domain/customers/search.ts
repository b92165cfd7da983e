/** Finds customers by whatever somebody remembers of them: a part of the name, of the email or of the phone. */

import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { seesCustomer } from '../../access/sight.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import type { Context } from '../context.ts'
import { inactiveSince } from './conditions.ts'
import { type Customer, labels, shown } from './customer.ts'
import { type FieldValue, fieldsByKey, matchKey } from './field-values.ts'
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
  { inactiveDays, status = 'active', limit, cursor, ...asked }: CustomerSearch,
): Promise<Page<Customer[]>> {
  const after = readCursor(cursor)
  const others = [
    seesCustomer(ctx.sight, sql`${customers}`),
    inactiveDays === undefined
      ? undefined
      : inactiveSince(ctx, ctx.now.subtract({ hours: 24 * inactiveDays })),
  ].filter(condition => condition !== undefined)
  const atMost = others.length === 0 ? limit + 1 : MOST
  const rows = await ctx.db
    .select(shown(ctx))
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, ctx.workspace.id),
        eq(customers.status, status),
        isNull(customers.erasedAt),
        after ? lt(customers.id, after) : undefined,
        await matches(ctx, asked, { status, after, atMost }),
        ...others,
      ),
    )
    .orderBy(desc(customers.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}

/** All there are, where more is asked of them than the function knows. */
const MOST = 2 ** 31 - 1

/** Text, tags and fields, by a function of migration 0033, which may use the indexes; undefined where none are asked for. */
async function matches(
  ctx: Context,
  { text = '', tags = [], fields = {} }: Pick<CustomerSearch, 'text' | 'tags' | 'fields'>,
  { status, after, atMost }: { status: string; after: string | undefined; atMost: number },
): Promise<SQL | undefined> {
  const folded = fold(text)
  const defined = await fieldsByKey(ctx, Object.keys(fields))
  if (folded === '' && tags.length === 0 && defined.size === 0) return undefined
  const { whole, parts } = phoneParts(folded, ctx.workspace.country)
  const isPhone = whole !== null || parts.length > 0
  const { long, contained, wide } = sorted(isPhone || folded === '' ? [] : folded.split(' '))
  return sql`${customers.id} = ANY (ARRAY(SELECT customers_matching(
    ${whole}::text,
    ${array(isPhone ? [...new Set([...parts, folded])].map(pattern) : [])}::text[],
    ${array(long.map(pattern))}::text[],
    ${array(contained)}::text[],
    ${array(wide)}::text[],
    ${array(labels(tags))}::text[],
    ${array(Object.keys(fields).map(key => defined.get(key)!.id))}::uuid[],
    ${array(Object.values(fields).map(matchKey))}::text[],
    ${status}, ${after ?? null}::uuid, ${atMost})))`
}

/** One that is empty asks nothing. */
function array(list: string[]) {
  return sql.param(list.length > 0 ? list : null)
}

function pattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`
}

/** By how the index of parts of texts can help: it knows three characters and more. */
function sorted(words: string[]): { long: string[]; contained: string[]; wide: string[] } {
  const [long, contained]: [string[], string[]] = [[], []]
  for (const word of words) {
    const rare = word.split('@')[0]! // What is behind it, half of all people have.
    const isLong = [...rare].length >= TRIGRAM
    if (isLong) long.push(rare)
    if (!isLong || rare !== word) contained.push(word)
  }
  return { long, contained, wide: words.filter(isWide) }
}

const TRIGRAM = 3

/** Too short for that index, and one of the parts of another: of two bytes more than it has characters. */
function isWide(word: string): boolean {
  const characters = [...word].length
  return characters < TRIGRAM && Buffer.byteLength(word) >= characters + 2
}
