/**
 * A customer signs in at the business's own site, by a code to their email or their phone. The site's publishable key says
 * where they are; nothing in the answer to the first step depends on who they are.
 */

import { and, eq, isNull, sql } from 'drizzle-orm'
import {
  type CustomerSession,
  endCustomerSession,
  openCustomerSession,
} from '../../access/customer-sessions.ts'
import { type CodeRequest, codeRefused, redeemCode, requestCode } from '../../access/one-time-codes.ts'
import { FRONT_DESK } from '../../access/principal.ts'
import { customerSessions } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { carrierOf, missing } from '../messaging/channels.ts'
import { change } from './change.ts'
import { createCustomer } from './create.ts'
import { type Customer, emailKey } from './customer.ts'
import { fold } from './fold.ts'
import { getCustomer } from './get.ts'
import { lockContacts } from './lock.ts'
import type { Mover } from './moving.ts'
import { readPhone } from './phone.ts'
import { customers } from './tables.ts'

export interface SignInRequest extends CodeRequest {
  /** In a sandbox alone, where nothing goes out. */
  code?: string
}

/** One of the two; a phone in any way of writing. */
export interface Contact {
  email?: string
  phone?: string
}

/**
 * The code goes by whatever carries the business's messages. An extension is left out: no SMS reaches one.
 * @throws rate_limited; provider_error where nothing carries it; invalid_input of an impossible phone
 */
export async function requestCustomerSignIn(ctx: Context, asked: Contact): Promise<SignInRequest> {
  const { workspace, principal, secrets } = ctx
  const { channel, address } = addressOf(ctx, asked)
  const provider = await carrierOf(ctx, channel)
  if (provider === null) throw new Refusal('provider_error', missing[channel])
  const details = { workspace_id: workspace.id, key_id: principal.id, channel, provider }
  const route = provider === 'sandbox' || provider === 'mailbox' ? 'developer_mailbox' : provider
  const request = await atFrontDesk(ctx, () =>
    requestCode(ctx.db, { purpose: 'customer', address, details }, route),
  )
  if (workspace.kind !== 'sandbox') return request
  return { ...request, code: secrets.oneTimeCode(request.request_id) }
}

function addressOf({ workspace }: Context, { email, phone }: Contact) {
  if ((email === undefined) === (phone === undefined)) {
    throw new Refusal('invalid_input', 'email: Give an email or a phone, and not both.', { field: 'email' })
  }
  return email === undefined
    ? ({ channel: 'sms', address: readPhone(phone!, workspace.country).e164 } as const)
    : ({ channel: 'email', address: email } as const)
}

/** A guess is counted before it is looked at, whatever becomes of the call. */
export function atFrontDesk<Result>(ctx: Context, work: () => Promise<Result>): Promise<Result> {
  return ctx
    .enterWorkspace(FRONT_DESK.id)
    .then(work)
    .finally(() => ctx.enterWorkspace(ctx.workspace.id))
}

export interface SignedIn extends CustomerSession {
  customer: Customer
}

/**
 * The code opens its request at the key that asked for it. The call has spent a try before.
 * @throws invalid_input, the same for every reason; with the field `name`, for who is new and has not said it, and then
 *   the same code still serves
 */
export async function verifyCustomerSignIn(
  ctx: Context,
  { request_id: requestId, code, name }: { request_id: string; code: string; name?: string },
): Promise<SignedIn> {
  const request = await atFrontDesk(ctx, () =>
    redeemCode(ctx.db, ctx.secrets, { purpose: 'customer', requestId, code }),
  )
  const keyId = ctx.principal.id!
  if (!request || request.details.key_id !== keyId) throw codeRefused(['sign_in_customer_request'])
  const { channel } = request.details
  const contact = channel === 'sms' ? { phone: request.address } : { email: request.address }
  const customer = await whoHas(ctx, contact, name)
  const session = await openCustomerSession(ctx.db, ctx.workspace.id, { keyId, customerId: customer.id })
  ctx.emit({ type: 'customer.signed_in', subject: { kind: 'customer', id: customer.id } })
  return { customer, ...session }
}

/**
 * The customer of this email or phone; where several share it, the one of this name; where it is nobody's, a new one. Who was
 * archived and comes back is a customer again.
 */
async function whoHas(ctx: Context, contact: Contact, name?: string): Promise<Customer> {
  const { email, phone } = contact
  await lockContacts(ctx, email === undefined ? { phoneE164: phone } : { emailKey: emailKey(email) })
  const known = await knownBy(ctx, contact)
  const namesakes = name === undefined ? known : known.filter(one => fold(one.name) === fold(name))
  const [customer] = known.length === 1 ? known : namesakes.length === 1 ? namesakes : []
  if (customer) {
    if (customer.status === 'active') return customer
    return change(ctx, customer.id, { status: 'active' }, ['status'])
  }
  if (name !== undefined) return createCustomer(ctx, { name, ...contact })
  throw new Refusal('invalid_input', 'name: Who is this? Send the same code again, with their name.', {
    field: 'name',
  })
}

/** Everybody who can be reached there, those who were merged as whom they are now. */
async function knownBy(ctx: Context, { email, phone }: Contact): Promise<Customer[]> {
  const rows = await ctx.db
    .select({ id: customers.id })
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, ctx.workspace.id),
        email === undefined ? eq(customers.phoneE164, phone!) : eq(customers.emailKey, emailKey(email)),
        isNull(customers.erasedAt),
      ),
    )
    .orderBy(customers.id)
    .limit(MOST_READ)
  const survivors = new Map<string, Customer>()
  for (const { id } of rows) {
    const customer = await getCustomer(ctx, id)
    survivors.set(customer.id, customer)
  }
  return [...survivors.values()]
}

/** A reception's email or phone may stand for a hundred people, who are told apart by their names. */
const MOST_READ = 200

/** Signing out of a session that has ended changes nothing. */
export async function signOutCustomer({ db, workspace, principal, emit }: Context): Promise<void> {
  await endCustomerSession(db, workspace.id, principal.sessionId!)
  emit({ type: 'customer.signed_out', subject: { kind: 'customer', id: principal.id! } })
}

/** Whoever is signed in as the one who goes is, from then on, the one who stays. */
export const moveSessions: Mover = async ({ db, workspace }, from, to, commit) => {
  if (commit) {
    await db
      .update(customerSessions)
      .set({ customerId: to })
      .where(and(eq(customerSessions.workspaceId, workspace.id), eq(customerSessions.customerId, from)))
  }
  return { counts: {} }
}

/** Sessions of who is forgotten, and the codes that were sent to them. */
export async function forgetSignIns(ctx: Context, ids: string[], contacts: string[]): Promise<void> {
  const { db, workspace } = ctx
  await db.execute(sql`
    DELETE FROM customer_sessions WHERE workspace_id = ${workspace.id} AND customer_id = ANY(${sql.param(ids)}::uuid[])`)
  await atFrontDesk(ctx, () =>
    db.execute(sql`
      DELETE FROM one_time_codes
      WHERE workspace_id = ${FRONT_DESK.id} AND purpose = 'customer' AND address = ANY(${sql.param(contacts)}::text[])`),
  )
}
