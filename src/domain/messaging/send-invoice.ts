/** An invoice on its way to its customer: the house's words, a link to its page and, by mail, the PDF; then like any message. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { readDocument } from '../invoices/document.ts'
import { invoiceUrl } from '../invoices/link.ts'
import { invoicePaper } from '../invoices/paper.ts'
import { fileNameOf, pdfOf } from '../invoices/pdf.ts'
import { lockInvoice } from '../invoices/read.ts'
import type { Invoice } from '../invoices/tables.ts'
import { attach } from './attachments.ts'
import { draftMessage } from './draft.ts'
import { sendMessage } from './send.ts'
import type { MessageView } from './status.ts'
import type { Channel } from './tables.ts'

export interface Sending {
  invoiceId: string
  /** Default: the first of email and SMS that reaches the customer. */
  channel?: Channel
  /** In place of the template's. */
  subject?: string
  text?: string
}

export interface SentInvoice {
  message: MessageView
  /** Each where whoever decides on it can look at it first. */
  attachments: { name: string; url: string }[]
}

/**
 * Under the invoice's lock: what the text and the PDF say is one and the same moment.
 * @throws Refusal `not_found`; `invalid_transition` of a draft or a void one; all that sending a message can meet
 */
export async function sendInvoice(context: Context, asked: Sending): Promise<SentInvoice> {
  const { invoiceId, channel, subject, text } = asked
  mustBeSendable(await lockInvoice(context, invoiceId))
  const document = await readDocument(context, invoiceId)
  const { customerId, sums } = document.invoice
  const draft = await draftMessage(context, {
    customerId,
    invoiceId,
    channel,
    templateKey: sums.due > 0 ? 'invoice' : 'invoice_receipt',
  })
  const attachments: SentInvoice['attachments'] = []
  if (draft.channel === 'email') {
    const paper = invoicePaper(document)
    const name = fileNameOf(paper)
    await attach(context, draft.id, { name, mediaType: 'application/pdf', content: await pdfOf(paper) })
    attachments.push({ name, url: `${invoiceUrl(context, invoiceId)}/pdf` })
  }
  const message = await sendMessage(context, { messageId: draft.id, subject, text })
  context.emit({ type: 'invoice.sent', subject: { kind: 'invoice', id: invoiceId } })
  return { message, attachments }
}

/** All that a yes to it rests on: what the invoice says and comes to, and where its customer is reached. */
export async function versionsBehindInvoice(
  context: Context,
  invoiceId: string,
): Promise<Record<string, number>> {
  const { customerId, version } = await lockInvoice(context, invoiceId)
  const customer = await getCustomer(context, customerId)
  return { [invoiceId]: version, [customer.id]: customer.version }
}

function mustBeSendable({ status }: Invoice): void {
  if (status !== 'draft' && status !== 'void') return
  throw new Refusal(
    'invalid_transition',
    status === 'draft'
      ? 'A draft is no invoice yet: finalise it first.'
      : 'This invoice is void. Send the one that takes its place.',
    { status, event: 'send' },
    status === 'draft' ? ['finalize_invoice'] : ['create_invoice', 'list_invoices'],
  )
}
