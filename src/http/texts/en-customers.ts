/** The English texts of the pages that a customer opens by a link: a payment, an invoice, a booking, the end of mails. Part of `en.ts`. */

import type { RefusalCode } from '../../catalog/refusal.ts'
import { english as paper } from '../../domain/invoices/paper-words.ts'
import type { SandboxCard } from '../../domain/payments/sandbox-cards.ts'
import type { Purpose } from '../../domain/payments/tables.ts'
import { type Html, html } from '../pages/html.ts'

const tooFast = 'That was a little fast. Please try again in a minute.'
const nothingDue = 'Nothing is left to pay here.'

export const customers = {
  /** Of every link that opens a page. */
  links: {
    missing: {
      title: 'This link does not open',
      more: 'It may have ended, or it is not whole. If it came in a message, see that all of it is there; the business that sent it can send you another.',
    },
    problem: 'That did not work',
    problemMore: 'That did not work. Please try again, or ask the business.',
  },
  pay: {
    titles: {
      open: 'Pay by card',
      under_way: 'Your payment is under way',
      paid: 'Paid',
      expired: 'This link has ended',
      closed: 'Nothing to pay',
    },
    lede: (amount: Html, business: Html, what: string) => html`${amount} to ${business}, for: ${what}.`,
    purposes: {
      invoice: number => (number ? `Invoice ${number}` : 'Invoice'),
      deposit: () => 'Deposit',
      fee: () => 'Fee',
      gift_card: () => 'Gift card',
    } as Record<Purpose, (number: string | null) => string>,
    paid: 'Thank you: this is paid.',
    expired: (business: Html) => html`${business} can send you another.`,
    closed: (business: Html) => html`${business} can tell you why.`,
    keep: (business: Html) =>
      html`${business} may keep this card, and charge what I agree to owe, as a late fee, without asking each time.`,
    press: (amount: string) => `Pay ${amount}`,
    atStripe: 'The card is typed in at Stripe, on the next page.',
    testCard: 'A test card: no money moves',
    cards: {
      success: 'Card that pays',
      declined: 'Card that is declined',
      insufficient_funds: 'Card without enough money',
      needs_authentication: 'Card whose bank asks who you are',
      disputed_later: 'Card whose owner disputes the payment an hour later',
      refund_fails_later: 'Card whose refunds come back an hour later',
      time_out: 'Card that pays, and whose answer is lost once',
    } satisfies Record<SandboxCard, string>,
    held: 'The amount is held on your card.',
    bankAsks: 'Your bank asks: is it you?',
    itIsMe: 'Yes, it is me',
    stop: 'No, stop the payment',
    goOn: 'Go on to pay',
    moment: 'One moment. This page looks again by itself.',
    look: 'Look again',
    /** Why the last try failed. */
    failures: {
      declined: 'The card was declined. Nothing was charged; another may do.',
      insufficient_funds: 'There is not enough money on the card. Nothing was charged; another may do.',
      authentication_required: 'Your bank was not told that it is you. Nothing was charged.',
      expired: 'The card has expired. Nothing was charged; another may do.',
    } as Record<string, string>,
    /** Why a press of the button was refused. */
    refusals: {
      hold_expired: 'This link has ended. The business can send you another.',
      amount_exceeds_due: nothingDue,
      rate_limited: tooFast,
    } as Partial<Record<RefusalCode, string>>,
  },
  /** What stands on an invoice; its PDF says the same. */
  paper,
  invoice: {
    draft: 'Draft of an invoice',
    one: (number: string | null) => (number ? `Invoice ${number}` : 'Invoice'),
    pay: (amount: string) => `Pay ${amount}`,
    download: 'Download the PDF',
    quantity: (quantity: string, unitPrice: string, tax: string) => `${quantity} × ${unitPrice}, tax ${tax}`,
    pdf: 'PDF',
    pdfOfNote: (number: string) => `PDF of credit note ${number}`,
    refusals: {
      amount_exceeds_due: nothingDue,
      rate_limited: tooFast,
    } as Partial<Record<RefusalCode, string>>,
  },
  selfService: {
    titles: {
      pending: 'Your booking',
      confirmed: 'Your booking',
      arrived: 'Your booking',
      completed: 'This booking is over',
      no_show: 'This booking is over',
      cancelled: 'This booking was cancelled',
      declined: 'This booking was declined',
      expired: 'This request has lapsed',
    } as Record<string, string>,
    over: 'This booking is over',
    what: (service: Html, staff: Html) => html`${service} with ${staff}`,
    /** What became of it, or is to come. */
    sentences: {
      pending: what => html`${what}. It waits for the yes of the business.`,
      confirmed: what => html`${what}. It is confirmed.`,
      arrived: what => html`${what}. It is confirmed.`,
      cancelled: what => html`${what} will not take place: it was cancelled.`,
      declined: what => html`${what} will not take place: the business could not take it.`,
      expired: what => html`${what} will not take place: it was not confirmed in time.`,
    } as Record<string, (what: Html) => Html>,
    nothingLeft: (what: Html) => html`${what}. There is nothing left to change.`,
    when: 'When',
    where: 'Where',
    with: 'With',
    price: 'Price',
    another: 'Another time',
    seeTimes: 'See free times',
    cancel: 'Cancel',
    cancelIt: 'Cancel this booking',
    free: (until: Html, cost: Html) =>
      html`Cancelling is free until ${until}. After that it is late. ${cost}`,
    late: (until: Html, cost: Html) =>
      html`Cancelling was free until ${until}. ${cost} Moving it now does not change that.`,
    creditKept: 'If you cancel late, the session of your package is not given back.',
    fee: (fee: string) => `If you cancel late, the fee is ${fee}; a deposit that you paid counts towards it.`,
    noFee: 'If you cancel late, nothing is charged for it.',
    refund: (amount: string) => `Of your deposit, ${amount} is to be refunded.`,
    sure: 'Cancel this booking?',
    about: (what: Html, when: Html) => html`${what}, ${when}.`,
    tooLate: 'It is too late to cancel for free.',
    costsNothing: 'It costs you nothing.',
    yes: 'Yes, cancel it',
    no: 'No, keep it',
    now: (when: Html, staff: Html) => html`Now it is on ${when}, with ${staff}.`,
    choose: 'Choose another time',
    days: 'Days',
    earlier: (day: string) => `Earlier: ${day}`,
    later: (day: string) => `Later: ${day}`,
    fullDay: 'Nothing is free on this day.',
    moreTimes: 'Later times of this day',
    noTimes: 'There is no free time to move it to. Please ask the business.',
    move: 'Move it to this time',
    back: 'Back to the booking',
    ended: 'This link has ended',
    endedMore: (business: Html) => html`${business} can tell you about your booking, or send you a new link.`,
    done: {
      moved: 'Done: your booking has moved.',
      cancelled: 'Done: your booking is cancelled.',
    } as Record<string, string>,
    refusals: {
      slot_conflict: 'That time has just been taken. Please choose another.',
      outside_hours: 'That time is not offered any more. Please choose another.',
      min_notice: 'That is too soon from now. Please choose a later time.',
      outside_booking_window: 'That is further ahead than can be booked. Please choose an earlier time.',
      customer_blocked: 'Your booking cannot be changed here. Please ask the business.',
      cooldown: 'That is too near another visit of yours. Please choose another time.',
      on_hand_limit: 'You have as many bookings as you may have. Please ask the business.',
      period_limit: 'You have as many bookings then as you may have. Please choose another time.',
      no_entitlement: 'Your package is not good for that time. Please choose another.',
      customer_overlap: 'You have another booking then. Please choose another time.',
      confirmation_invalid: 'Something about your booking has changed meanwhile. Please look again.',
      invalid_transition: 'Your booking cannot be changed here any more.',
      forbidden_scope: 'The business decides on this itself. Please ask it.',
      not_found: 'No times can be offered here. Please ask the business.',
      rate_limited: tooFast,
    } as Partial<Record<RefusalCode, string>>,
  },
  unsubscribe: {
    title: 'Unsubscribe',
    question: (business: Html, address: Html) =>
      html`No more offers and news from ${business} to ${address}.`,
    ownBookings: 'Mail about your own bookings still comes.',
    press: 'Unsubscribe',
    farewell: (business: Html, address: Html) =>
      html`Done: ${business} sends no more offers and news to ${address}.`,
    close: 'You can close this page.',
    missing: {
      title: 'This link does not open',
      more: 'It is not one of ours, or its mail is gone.',
    },
  },
}
