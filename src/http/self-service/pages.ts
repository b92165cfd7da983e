/** The pages of a customer's link. All names are text from outside. */

import type { CustomerVisit } from '../../domain/bookings/self-service.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { dateText, spanOf, timeOfDay, when } from './words.ts'

const words = say.selfService

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
  return customerPage(ended ? words.over : words.titles[booking.state]!, content, visit)
}

function sentenceOf({ state, service_name, staff_name }: BookingShown, ended: boolean): Html {
  const what = words.what(outside(service_name), outside(staff_name))
  const isOff = ['cancelled', 'declined', 'expired'].includes(state)
  const sentence = ended && !isOff ? undefined : words.sentences[state]
  return (sentence ?? words.nothingLeft)(what)
}

function factsOf({ place, workspace }: Visit, booking: BookingShown): Html {
  const { starts_at, ends_at, time_zone: zone, price } = booking
  return html`<dl class="facts">
<div><dt>${words.when}</dt><dd>${spanOf(starts_at, ends_at, zone)}<br><span class="quiet">${say.times.zone(zone)}</span></dd></div>
<div><dt>${words.where}</dt><dd>${outside(workspace.name)}${place.name !== workspace.name && html`, ${outside(place.name)}`}${place.address && html`, ${outside(place.address)}`}</dd></div>
<div><dt>${words.with}</dt><dd>${outside(booking.staff_name)}</dd></div>
<div><dt>${words.price}</dt><dd>${moneyText(price)}</dd></div>
</dl>`
}

function changes(visit: Visit, booking: BookingShown, terms: Terms): Html {
  return html`<h2>${words.another}</h2>
<p class="actions"><a class="button primary" href="/b/${visit.token}/times">${words.seeTimes}</a></p>
<h2>${words.cancel}</h2>
<p>${termsText(terms, booking.time_zone)}</p>
<form method="post" action="/b/${visit.token}/cancel">${hidden(visit, booking)}
<p class="actions"><button class="danger">${words.cancelIt}</button></p></form>`
}

function termsText(terms: Terms, zone: string): Html {
  const until = when(terms.free_until, zone)
  const cost = html`${costText(terms)}`
  return terms.late ? words.late(until, cost) : words.free(until, cost)
}

/** A session of a package or a fee, never both. */
function costText({ credit, late_cancel_fee: fee }: Terms): string {
  if (credit) return words.creditKept
  return fee ? words.fee(moneyText(fee)) : words.noFee
}

/** What was paid ahead and is not used up. */
function refundText({ deposit_refund: refund }: Terms): Html | false {
  return refund.amount > 0 && html` ${words.refund(moneyText(refund))}`
}

/** The second step: what the first call showed, and a token that is good for exactly that. */
export function cancelPage(visit: Visit, booking: BookingShown, terms: Terms, confirmToken: string): string {
  const { service_name, staff_name, starts_at, time_zone: zone } = booking
  const content = html`<p class="lede">${words.about(words.what(outside(service_name), outside(staff_name)), when(starts_at, zone))}</p>
<p>${terms.late ? html`<strong>${words.tooLate}</strong> ${termsText(terms, zone)}` : words.costsNothing}${refundText(terms)}</p>
<form method="post" action="/b/${visit.token}/cancel">${hidden(visit, booking)}
<input type="hidden" name="confirm_token" value="${confirmToken}">
<p class="actions"><button class="danger">${words.yes}</button> <a class="button" href="/b/${visit.token}">${words.no}</a></p></form>`
  return customerPage(words.sure, content, visit)
}

export interface DayOfTimes {
  /** `2030-01-08` */
  date: string
  starts: string[]
  /** Where the day's other times begin; null: these are all. */
  more: string | null
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
<p class="lede">${words.now(when(starts_at, zone), outside(staff_name))}</p>
${day ? choice(visit, booking, day) : html`<p class="empty">${words.noTimes}</p>`}
<p class="quiet">${say.times.zone(zone)}</p>
<p class="actions"><a class="button" href="/b/${visit.token}">${words.back}</a></p>`
  return customerPage(words.choose, content, visit)
}

function choice(
  visit: Visit,
  booking: BookingShown,
  { date, starts, more, earlier, later }: DayOfTimes,
): Html {
  const to = (
    date: string,
    text: (day: string) => string,
  ) => html`<a href="/b/${visit.token}/times?day=${date}">${text(dateText(date))}</a>
`
  return html`<nav class="days" aria-label="${words.days}">${earlier && to(earlier, words.earlier)}${later && to(later, words.later)}</nav>
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
<p class="actions"><button class="primary">${words.move}</button></p></form>`
    : html`<h2>${dateText(date)}</h2><p>${words.fullDay}</p>`
}
${more && html`<p class="actions"><a class="button" href="/b/${visit.token}/times?day=${date}&amp;after=${more}" rel="next">${words.moreTimes}</a></p>`}`
}

/** The token again in the body, where another site's form cannot put it; the version tells a repeated press. */
function hidden({ token }: Visit, { version }: BookingShown): Html {
  return html`<input type="hidden" name="link" value="${token}"><input type="hidden" name="version" value="${version}">`
}

/** What the customer was told by a calm page, whatever went before. */
export function endedPage(visit: Visit): string {
  const { name } = visit.workspace
  return customerPage(words.ended, html`<p class="lede">${words.endedMore(outside(name))}</p>`, visit)
}

export function missingPage(): string {
  return customerPage(say.links.missing.title, html`<p class="lede">${say.links.missing.more}</p>`)
}

export function problemPage(text: string): string {
  return customerPage(say.links.problem, html`<p class="notice danger" role="alert">${text}</p>`)
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
  const brand = visit ? outside(visit.workspace.name) : html`${say.site.name}`
  return page(title, content, { brand, nav: html``, above, script: '/self-service.js' })
}
