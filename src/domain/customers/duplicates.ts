/** Tells who may be one person twice. A certain case is one customer; a likely one is shown with its evidence. */

import { and, asc, desc, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type Customer, emailKey, shown } from './customer.ts'
import { fold } from './fold.ts'
import { ALIKE, nameLikeness } from './likeness.ts'
import { customers } from './tables.ts'

export const evidences = ['same_email', 'same_phone', 'similar_name'] as const
export type Evidence = (typeof evidences)[number]

export interface Duplicate {
  customer_id: string
  name: string
  evidence: Evidence[]
  /** 0 to 1; 1: the same but for case, accents and spaces. */
  name_likeness: number
}

/** What somebody can be recognised by, folded. */
export interface Keys {
  nameKey: string
  emailKey?: string | null
  phoneE164?: string | null
}

/**
 * The customer of this name with this email or this phone: nobody else can be meant. A family shares a phone and a
 * reception its email, so neither is enough without the name. Who was merged counts: their details were theirs.
 * @returns a customer's id, possibly of one who was merged
 */
export async function findKnown(
  { db, workspace }: Context,
  { nameKey, emailKey, phoneE164 }: Keys,
): Promise<string | null> {
  const contacts = sameContact(emailKey, phoneE164)
  if (!contacts) return null
  const [known] = await db
    .select({ id: customers.id })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), eq(customers.nameKey, nameKey), contacts))
    .orderBy(sameEmailFirst(emailKey), asc(customers.id))
    .limit(1)
  return known?.id ?? null
}

/** Others who may be this customer, the likeliest first, at most five. */
export async function likelyDuplicates(ctx: Context, customer: Customer): Promise<Duplicate[]> {
  const { db, workspace } = ctx
  const email = customer.email && emailKey(customer.email)
  const contacts = sameContact(email, customer.phone)
  const namesakes = sql`${customers.id} = ANY (ARRAY(SELECT customers_named_like(${fold(customer.name)}, ${MOST_READ})))`
  const others = await db
    .select(shown(ctx))
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, workspace.id),
        ne(customers.id, customer.id),
        ne(customers.status, 'merged'),
        or(contacts, namesakes),
      ),
    )
    .orderBy(sameEmailFirst(email), desc(customers.id))
    .limit(MOST_READ)
  return others
    .map(other => compare(customer, other))
    .filter(({ evidence }) => evidence.length > 0)
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, MOST_SHOWN)
}

/** One phone may stand for a hundred people: a school's, a hotel's. */
const MOST_READ = 50
const MOST_SHOWN = 5

function sameContact(email: string | null | undefined, phone: string | null | undefined): SQL | undefined {
  return or(
    email ? eq(customers.emailKey, email) : undefined,
    phone ? eq(customers.phoneE164, phone) : undefined,
  )
}

function sameEmailFirst(email: string | null | undefined): SQL {
  return sql`coalesce(${customers.emailKey} = ${email ?? null}, false) DESC`
}

function compare(customer: Customer, other: Customer): Duplicate {
  const { id, name, email, phone } = other
  const likeness = nameLikeness(customer.name, name)
  const holds: Record<Evidence, boolean> = {
    same_email: email !== null && customer.email !== null && emailKey(email) === emailKey(customer.email),
    same_phone: phone !== null && phone === customer.phone,
    similar_name: likeness >= ALIKE,
  }
  const evidence = evidences.filter(kind => holds[kind])
  return { customer_id: id, name, evidence, name_likeness: likeness }
}

/** An email is one person's more often than a phone is; of equal evidence the nearer name comes first. */
function weight({ evidence, name_likeness }: Duplicate): number {
  return (evidence.includes('same_email') ? 2 : 0) + (evidence.includes('same_phone') ? 1 : 0) + name_likeness
}
