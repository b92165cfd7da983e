/** The pages of a customer's link. All names are text from outside. */

import type { CustomerVisit } from '../../domain/bookings/self-service.ts'
import { moneyText } from '../../domain/money/text.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { dateText, timeOfDay, when } from './words.ts'

/** What the pages read of `get_booking`. */
export interface BookingShown {
  state: string
  starts_at: string
  ends_at: string
  time_zone: string
  price: { amount: number; currency: string }
  service_name: string
  staff_name: string
  version: number
}

export interface Terms {
  late: boolean
  free_until: string
  late_cancel_fee: Price | null
  credit: 'returned' | 'kept' | null
  fee_from_deposit: Price
  deposit_refund: Price
}

type Price = BookingShown['price']

export interface Visit extends CustomerVisit {
  token: string
}

/** @param notice what was just done, or why it was not */
export function overviewPage(
  visit: Visit,
  booking: BookingShown,
  terms: Terms | null,
  notice?: Notice,
): string {
  const ended = Date.parse(booking.ends_at) <= visit.now.epochMilliseconds
  const content = html`${noticeOf(notice)}
<p class="lede">${sentenceOf(booking, ended)}</p>
${factsOf(visit, booking)}
${terms && changes(visit, booking, terms)}`
  return customerPage(ended ? 'This booking is over' : titles[booking.state]!, content, visit)
}

const titles: Record<string, string> = {
  pending: 'Your booking',
  confirmed: 'Your booking',
  arrived: 'Your booking',
  completed: 'This booking is over',
  no_show: 'This booking is over',
  cancelled: 'This booking was cancelled',
  declined: 'This booking was declined',
  expired: 'This request has lapsed',
}

function sentenceOf({ state, service_name, staff_name }: BookingShown, ended: boolean): Html {
  const what = html`${outside(service_name)} with ${outside(staff_name)}`
  if (state === 'cancelled') return html`${what} will not take place: it was cancelled.`
  if (state === 'declined') return html`${what} will not take place: the business could not take it.`
  if (state === 'expired') return html`${what} will not take place: it was not confirmed in time.`
  if (ended || state === 'completed' || state === 'no_show')
    return html`${what}. There is nothing left to change.`
  if (state === 'pending') return html`${what}. It waits for the yes of the business.`
  return html`${what}. It is confirmed.`
}

function factsOf({ place, workspace }: Visit, booking: BookingShown): Html {
  const { starts_at, ends_at, time_zone: zone, price } = booking
  return html`<dl class="facts">
<div><dt>When</dt><dd>${when(starts_at, zone)} to ${timeOfDay(ends_at, zone)}<br><span class="quiet">Times are those of ${zone}.</span></dd></div>
<div><dt>Where</dt><dd>${outside(workspace.name)}, ${outside(place.name)}${place.address && html`, ${outside(place.address)}`}</dd></div>
<div><dt>With</dt><dd>${outside(booking.staff_name)}</dd></div>
<div><dt>Price</dt><dd>${moneyText(price)}</dd></div>
</dl>`
}

function changes(visit: Visit, booking: BookingShown, terms: Terms): Html {
  return html`<h2>Another time</h2>
<p class="actions"><a class="button primary" href="/b/${visit.token}/times">See free times</a></p>
<h2>Cancel</h2>
<p>${termsText(terms, booking.time_zone)}</p>
<form method="post" action="/b/${visit.token}/cancel">${hidden(visit, booking)}
<p class="actions"><button class="danger">Cancel this booking</button></p></form>`
}

function termsText(terms: Terms, zone: string): Html {
  const until = when(terms.free_until, zone)
  return terms.late
    ? html`Cancelling was free until ${until}. ${costText(terms)} Moving it now does not change that.`
    : html`Cancelling is free until ${until}. After that it is late. ${costText(terms)}`
}

/** A session of a package or a fee, never both. */
function costText({ credit, late_cancel_fee: fee }: Terms): Html {
  if (credit) return html`If you cancel late, the session of your package is not given back.`
  if (fee)
    return html`If you cancel late, the fee is ${moneyText(fee)}; a deposit that you paid counts towards it.`
  return html`If you cancel late, nothing is charged for it.`
}

/** What was paid ahead and is not used up. */
function refundText({ deposit_refund: refund }: Terms): Html {
  return refund.amount > 0 ? html` Of your deposit, ${moneyText(refund)} is to be refunded.` : html``
}

/** The second step: what the first call showed, and a token that is good for exactly that. */
export function cancelPage(visit: Visit, booking: BookingShown, terms: Terms, confirmToken: string): string {
  const { service_name, staff_name, starts_at, time_zone: zone } = booking
  const content = html`<p class="lede">${outside(service_name)} with ${outside(staff_name)}, ${when(starts_at, zone)}.</p>
<p>${terms.late ? html`<strong>It is too late to cancel for free.</strong> ${termsText(terms, zone)}` : html`It costs you nothing.`}${refundText(terms)}</p>
<form method="post" action="/b/${visit.token}/cancel">${hidden(visit, booking)}
<input type="hidden" name="confirm_token" value="${confirmToken}">
<p class="actions"><button class="danger">Yes, cancel it</button> <a class="button" href="/b/${visit.token}">No, keep it</a></p></form>`
  return customerPage('Cancel this booking?', content, visit)
}

export interface DayOfTimes {
  /** `2030-01-08` */
  date: string
  starts: string[]
  earlier: string | null
  later: string | null
}

/** @param day null where nothing is free as far ahead as can be booked */
export function timesPage(
  visit: Visit,
  booking: BookingShown,
  day: DayOfTimes | null,
  notice?: Notice,
): string {
  const { time_zone: zone, starts_at, staff_name } = booking
  const content = html`${noticeOf(notice)}
<p class="lede">Now it is on ${when(starts_at, zone)}, with ${outside(staff_name)}.</p>
${day ? choice(visit, booking, day) : html`<p class="empty">There is no free time to move it to. Please ask the business.</p>`}
<p class="quiet">Times are those of ${zone}.</p>
<p class="actions"><a class="button" href="/b/${visit.token}">Back to the booking</a></p>`
  return customerPage('Choose another time', content, visit)
}

function choice(visit: Visit, booking: BookingShown, { date, starts, earlier, later }: DayOfTimes): Html {
  const to = (
    date: string,
    text: string,
  ) => html`<a href="/b/${visit.token}/times?day=${date}">${text} ${dateText(date)}</a>
`
  return html`<nav class="days" aria-label="Days">${earlier && to(earlier, 'Earlier:')}${later && to(later, 'Later:')}</nav>
${
  starts.length > 0
    ? html`<form method="post" action="/b/${visit.token}/move">${hidden(visit, booking)}
<input type="hidden" name="day" value="${date}">
<fieldset><legend>${dateText(date)}</legend>
<div class="times">${starts.map(
        start =>
          html`<label><input type="radio" name="start" value="${start}" required>${timeOfDay(start, booking.time_zone)}</label>
`,
      )}</div></fieldset>
<p class="actions"><button class="primary">Move it to this time</button></p></form>`
    : html`<h2>${dateText(date)}</h2><p>Nothing is free on this day.</p>`
}`
}

/** The token again in the body, where another site's form cannot put it; the version tells a repeated press. */
function hidden({ token }: Visit, { version }: BookingShown): Html {
  return html`<input type="hidden" name="link" value="${token}"><input type="hidden" name="version" value="${version}">`
}

/** What the customer was told by a calm page, whatever went before. */
export function endedPage(visit: Visit): string {
  const { name } = visit.workspace
  return customerPage(
    'This link has ended',
    html`<p class="lede">${outside(name)} can tell you about your booking, or send you a new link.</p>`,
    visit,
  )
}

export function missingPage(): string {
  return customerPage(
    'No such page',
    html`<p class="lede">This address leads nowhere. If it came in a message, see that it is whole.</p>`,
  )
}

export function problemPage(text: string): string {
  return customerPage('That did not work', html`<p class="notice danger" role="alert">${text}</p>`)
}

export interface Notice {
  text: string
  problem?: boolean
}

function noticeOf(notice: Notice | undefined): Html | undefined {
  if (!notice) return undefined
  if (notice.problem) return html`<p class="notice danger" role="alert">${notice.text}</p>`
  return html`<p class="notice" role="status">${notice.text}</p>`
}

/** A stylesheet may stand in a body (HTML, 4.2.4). */
function customerPage(title: string, content: Html, visit?: Visit): string {
  const above = html`<link rel="stylesheet" href="/self-service.css">`
  const brand = visit && outside(visit.workspace.name)
  return page(title, content, { brand, nav: html``, above, script: '/self-service.js' })
}
