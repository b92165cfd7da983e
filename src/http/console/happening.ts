/** One thing that happened with a customer, of whatever kind: a line of their timeline. */

import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { beginning } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { label, type Reading, words } from './words.ts'

/** As `get_customer_timeline` answers it. */
export interface Happening {
  at: string
  kind: string
  id: string
  event: string
  text: string | null
  details: Record<string, unknown>
}

export function happeningRow(happening: Happening, reading: Reading): Html {
  const { at, kind, id, text, details } = happening
  const home = homes[kind]
  const title = titleOf(happening)
  const { word, look } = badgeOf(happening)
  const more = [
    kind !== 'message' && text ? beginning(text, LONGEST) : null,
    ...Object.entries(details).map(([name, value]) => factOf(name, value, reading)),
  ].filter(one => one !== null)
  return html`<li class="row"><p class="row-title">${home ? html`<a href="${home}/${id}">${title}</a>` : title}</p>
<span class="badge ${look}">${word}</span>
<p class="row-more">${words(at, reading)}${more.map(one => html` · ${one}`)}</p></li>
`
}

/** A note may be so long, and is read in full here alone. */
const LONGEST = 5_000

/** Where one can be read in full. */
const homes: Partial<Record<string, string>> = {
  booking: '/console/calendar',
  message: '/console/messages',
  invoice: '/console/invoices',
}

function titleOf({ kind, text, details }: Happening): Html {
  const { service, name, number } = details
  if (kind === 'message' && text) return beginning(text, 200)
  if (typeof service === 'string') return outside(service)
  if (typeof name === 'string') return outside(name)
  const known = say.timeline.kinds[kind] ?? label(kind)
  return html`${known}${typeof number === 'string' && ` ${number}`}`
}

function badgeOf({ kind, event }: Happening): { word: string | Html; look: string } {
  if (kind === 'message') return say.messages.statuses[event as never] ?? { word: label(event), look: '' }
  const ofBooking = kind === 'booking' && say.bookings.events[event]
  return { word: ofBooking || (say.timeline.events[event] ?? label(event)), look: '' }
}

/** What says something to a person, of what a source adds. */
function factOf(name: string, value: unknown, reading: Reading): Html | null {
  if (name === 'starts_at') return words(value, reading)
  if (name === 'points' && typeof value === 'number') return html`${say.timeline.points(value)}`
  if (name === 'sessions' && typeof value === 'number') return html`${say.timeline.sessions(value)}`
  if (name === 'channel') return html`${say.messages.channels[value as never] ?? value}`
  if (name === 'tender') return html`${say.invoices.tenders[value as string] ?? label(String(value))}`
  if (typeof value !== 'object' || value === null || !('currency' in value)) return null
  return html`${moneyText(value as { amount: number; currency: string })}`
}
