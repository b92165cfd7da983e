/** What a business hands out: everything that it holds of one person, or all of its customers as a sheet. */

import { and, asc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import { mayReadNote } from '../../access/notes.ts'
import { seesCustomer } from '../../access/sight.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { writeCsv } from './csv.ts'
import { type Everything, everythingOf } from './everything.ts'
import { readValues } from './field-values.ts'
import { listFields } from './fields.ts'
import { getCustomer, idsOf } from './get.ts'
import { customers } from './tables.ts'

export interface PersonExport {
  customer_id: string
  /** By table. */
  held: Everything
}

/** @throws Refusal `not_found`; `forbidden_scope` of who may not read all that is held: notes that are private */
export async function exportPerson(ctx: Context, id: string): Promise<PersonExport> {
  const { id: customerId } = await getCustomer(ctx, id)
  if (!mayReadNote(ctx.principal, { visibility: 'clinical', memberId: null })) {
    throw new Refusal('forbidden_scope', 'An export holds private notes too; it takes an admin.', {
      needed_role: 'admin',
    })
  }
  return { customer_id: customerId, held: await everythingOf(ctx, await idsOf(ctx, customerId)) }
}

const ROWS_A_PART = 5_000

/** A part of the sheet with its headers, the oldest customers first, and where the next begins. */
export async function exportSheet(
  ctx: Context,
  cursor?: string,
): Promise<{ csv: string; rows: number; next: string | undefined }> {
  const { db, workspace } = ctx
  const after = readCursor(cursor)
  const found = await db
    .select()
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, workspace.id),
        ne(customers.status, 'merged'),
        isNull(customers.erasedAt),
        seesCustomer(ctx.sight, sql`${customers}`),
        after ? gt(customers.id, after) : undefined,
      ),
    )
    .orderBy(asc(customers.id))
    .limit(ROWS_A_PART + 1)
  const { rows, nextCursor } = pageOf(found, ROWS_A_PART)
  const [fields, values] = await Promise.all([
    listFields(ctx),
    readValues(
      ctx,
      rows.map(({ id }) => id),
    ),
  ])
  const headers = [
    'Name',
    'Email',
    'Phone',
    'Time zone',
    'Language',
    'Note',
    'Tags',
    'Status',
    ...fields.map(({ key }) => key),
  ]
  const lines = rows.map(row => {
    const own = values.get(row.id) ?? {}
    const phone =
      row.phoneE164 && row.phoneExtension ? `${row.phoneE164} ext. ${row.phoneExtension}` : row.phoneE164
    return [
      row.name,
      row.email ?? '',
      phone ?? '',
      row.timeZone ?? '',
      row.language ?? '',
      row.note ?? '',
      row.tags.join(', '),
      row.status,
      ...fields.map(({ key }) => String(own[key] ?? '')),
    ]
  })
  return { csv: writeCsv(headers, lines), rows: rows.length, next: nextCursor }
}
