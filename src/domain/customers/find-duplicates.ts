/** Pairs of customers who may be one person, the likeliest first, each with its evidence and a score. */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Evidence } from './duplicates.ts'
import { getCustomer } from './get.ts'
import { ALIKE, nameLikeness } from './likeness.ts'

export interface DuplicatePair {
  customers: { customer_id: string; name: string }[]
  evidence: Evidence[]
  /** 0 to 1: 1 is as sure as what is written of two people can be. */
  score: number
}

interface Asked {
  /** Only pairs with this customer. */
  customerId?: string
  limit: number
}

/** Pairs that are compared in one call: those who share an email, then those who share a phone, then namesakes. */
const MOST_COMPARED = 2_000

/** @throws Refusal `not_found` */
export async function findDuplicates(ctx: Context, { customerId, limit }: Asked): Promise<DuplicatePair[]> {
  const { db, workspace } = ctx
  const only = customerId === undefined ? null : (await getCustomer(ctx, customerId)).id
  const { rows } = await db.execute<Candidate>(sql`
    WITH live AS MATERIALIZED (
      SELECT id, name, name_key, email_key, phone_e164 FROM customers
      WHERE workspace_id = ${workspace.id} AND status <> 'merged'
    ), shared AS (
      SELECT 'email' AS what, email_key AS value, array_agg(id ORDER BY id) AS ids FROM live
      WHERE email_key IS NOT NULL GROUP BY email_key HAVING count(*) > 1
      UNION ALL
      SELECT 'phone', phone_e164, array_agg(id ORDER BY id) FROM live
      WHERE phone_e164 IS NOT NULL GROUP BY phone_e164 HAVING count(*) > 1
      UNION ALL
      SELECT 'name', name_key, array_agg(id ORDER BY id) FROM live GROUP BY name_key HAVING count(*) > 1
    ), pairs AS (
      SELECT one, other FROM shared
      CROSS JOIN LATERAL unnest(ids[1:${MOST_OF_ONE}]) AS one
      CROSS JOIN LATERAL unnest(ids[1:${MOST_OF_ONE}]) AS other
      WHERE one < other AND (${only}::uuid IS NULL OR ${only}::uuid IN (one, other))
      UNION
      SELECT least(${only}::uuid, id), greatest(${only}::uuid, id)
      FROM live JOIN customers_named_like((SELECT name_key FROM live WHERE id = ${only}::uuid), 50) AS alike ON alike = id
      WHERE id <> ${only}::uuid
      LIMIT ${MOST_COMPARED}
    )
    SELECT a.id AS one, a.name AS one_name, b.id AS other, b.name AS other_name,
      coalesce(a.email_key = b.email_key, false) AS same_email,
      coalesce(a.phone_e164 = b.phone_e164, false) AS same_phone,
      a.email_key IS NOT NULL AND b.email_key IS NOT NULL AND a.email_key <> b.email_key AS other_email
    FROM pairs JOIN live a ON a.id = one JOIN live b ON b.id = other`)
  return rows
    .map(pairOf)
    .filter(({ evidence }) => evidence.length > 0)
    .sort(
      (one, other) =>
        other.score - one.score || (one.customers[0]!.customer_id < other.customers[0]!.customer_id ? -1 : 1),
    )
    .slice(0, limit)
}

/** A school's phone stands for a hundred people: that is no evidence worth five thousand pairs. */
const MOST_OF_ONE = 10

type Candidate = {
  one: string
  one_name: string
  other: string
  other_name: string
  same_email: boolean
  same_phone: boolean
  other_email: boolean
}

function pairOf(row: Candidate): DuplicatePair {
  const likeness = nameLikeness(row.one_name, row.other_name)
  const evidence: Evidence[] = []
  if (row.same_email) evidence.push('same_email')
  if (row.same_phone) evidence.push('same_phone')
  if (likeness >= ALIKE) evidence.push('similar_name')
  return {
    customers: [
      { customer_id: row.one, name: row.one_name },
      { customer_id: row.other, name: row.other_name },
    ],
    evidence,
    score: scoreOf({
      likeness,
      sameEmail: row.same_email,
      samePhone: row.same_phone,
      otherEmail: row.other_email,
    }),
  }
}

/**
 * In hundredths. A contact and the name are as good as certain, an email more so than a phone, which a family shares; a
 * name alone is little, and less where the emails differ.
 */
export function scoreOf({
  likeness,
  sameEmail,
  samePhone,
  otherEmail,
}: {
  likeness: number
  sameEmail: boolean
  samePhone: boolean
  otherEmail: boolean
}): number {
  const contact = sameEmail ? 0.6 : samePhone ? 0.45 : 0
  const both = sameEmail && samePhone ? 0.05 : 0
  const name = likeness >= ALIKE ? 0.35 * likeness : 0.1 * likeness
  const against = otherEmail && !samePhone ? 0.1 : 0
  return Math.round(Math.min(1, Math.max(0, contact + both + name - against)) * 100) / 100
}
