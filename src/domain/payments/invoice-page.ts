/** What the page of an invoice's link shows and does. A link that has ended is as good as none: neither says whose it was. */

import { and, desc, eq, gt, notExists, sql } from 'drizzle-orm'
import { type RateLimit, spend } from '../../access/rate-limit.ts'
import type { LinkClaims } from '../../access/signed-link.ts'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type InvoiceDocument, noteLinesOf, readDocument } from '../invoices/document.ts'
import { creditNotePaper, invoicePaper, type Paper } from '../invoices/paper.ts'
import type { PaperWords } from '../invoices/paper-words.ts'
import { realNow } from './attempt.ts'
import { createPaymentLink, linkUrl } from './links.ts'
import { providerOf } from './provider-of.ts'
import { type PaymentLink, paymentLinks, payments } from './tables.ts'

export interface InvoiceVisit {
  business: string
  paper: Paper
  notes: { id: string; number: string }[]
  /** What a press of the button would pay; null: there is no button. */
  toPay: { amount: number; currency: string } | null
}

/** null: it is nobody's, or has ended. @throws Refusal `rate_limited` */
export async function visitInvoice(
  context: Context,
  claims: LinkClaims,
  words: PaperWords,
): Promise<InvoiceVisit | null> {
  const document = await documentOf(context, claims)
  if (!document) return null
  const { invoice, notes } = document
  const amount = await amountToPay(context, document)
  return {
    business: context.workspace.name,
    paper: invoicePaper(document, words),
    notes: notes.map(({ id, numberText }) => ({ id: idText('creditnote', id), number: numberText })),
    toPay: amount > 0 ? { amount, currency: invoice.currency } : null,
  }
}

/** The invoice, or one of its credit notes, to be made into a PDF. null as above. */
export async function paperOfLink(
  context: Context,
  claims: LinkClaims,
  noteId: string | null,
  words: PaperWords,
): Promise<Paper | null> {
  const document = await documentOf(context, claims)
  if (!document) return null
  if (noteId === null) return invoicePaper(document, words)
  const note = document.notes.find(({ id }) => idText('creditnote', id) === noteId)
  return note ? creditNotePaper(document, note, await noteLinesOf(context, note.id), words) : null
}

/**
 * Where the customer pays it: the page of a payment link, the same one while it is good.
 * @throws Refusal `amount_exceeds_due`, `provider_error`, `rate_limited`
 */
export async function payPageOf(context: Context, claims: LinkClaims): Promise<string | null> {
  const document = await documentOf(context, claims)
  if (!document) return null
  const open = await openLink(context, claims.subjectId)
  if (open && (await amountToPay(context, document)) > 0) return linkUrl(context, open)
  return (await createPaymentLink(context, { purpose: 'invoice', subjectId: claims.subjectId })).url
}

/** A person who reads; a program that draws one PDF after another is slowed down. */
const pace: RateLimit = { perMinute: 60, burst: 60 }

async function documentOf(
  context: Context,
  { subjectId, number }: LinkClaims,
): Promise<InvoiceDocument | null> {
  const { db, workspace } = context
  if (number * 1000 <= Date.now()) return null
  await spend(db, workspace.id, `link:${subjectId}`, pace)
  try {
    return await readDocument(context, subjectId)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return null // A draft that was deleted.
    throw error
  }
}

/** What is due and not on its way; 0 too where nobody takes cards. */
async function amountToPay(context: Context, { invoice }: InvoiceDocument): Promise<number> {
  const { status, sums } = invoice
  if (status !== 'open' && status !== 'uncollectible') return 0
  const open = Math.max(0, sums.due - sums.pending)
  return open > 0 && (await takesCards(context)) ? open : 0
}

async function takesCards(context: Context): Promise<boolean> {
  try {
    return Boolean(await providerOf(context))
  } catch (error) {
    if (error instanceof Refusal && error.code === 'provider_error') return false
    throw error
  }
}

/** One that takes all that is due, has a day left and has paid nothing yet. */
async function openLink({ db, workspace }: Context, invoiceId: string): Promise<PaymentLink | undefined> {
  const [link] = await db
    .select()
    .from(paymentLinks)
    .where(
      and(
        eq(paymentLinks.workspaceId, workspace.id),
        eq(paymentLinks.purpose, 'invoice'),
        eq(paymentLinks.subjectId, invoiceId),
        eq(paymentLinks.capture, true),
        gt(paymentLinks.expiresAt, realNow().add({ hours: 24 })),
        notExists(
          db
            .select({ one: sql`1` })
            .from(payments)
            .where(
              and(
                eq(payments.workspaceId, workspace.id),
                eq(payments.linkId, paymentLinks.id),
                eq(payments.state, 'succeeded'),
              ),
            ),
        ),
      ),
    )
    .orderBy(desc(paymentLinks.id))
    .limit(1)
  return link
}
