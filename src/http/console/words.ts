/** Values as a person reads them: names of fields without underscores, times on the workspace's clock, money with its sign. */

import type { Named, Names } from '../../calls/names.ts'
import type { Amount } from '../../domain/money/text.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, moneyText, timeFormat } from '../pages/language.ts'
import { legible, outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'

/** What values are read with: a workspace's clock and, where they are known, the names behind ids. */
export interface Reading {
  timeZone: string
  /** Where the reader is, if that is known. */
  viewerZone?: string
  names?: Names
}

/** An object's fields, one a line; what says nothing is left out. */
export function facts(fields: Record<string, unknown>, reading: Reading): Html {
  const told = Object.entries(fields).filter(([, value]) => saysSomething(value))
  if (told.length === 0) return html`<p class="quiet">${say.words.nothing}</p>`
  return html`<dl class="facts">${told.map(
    ([name, value]) => html`<div><dt>${label(name)}</dt><dd>${words(value, reading)}</dd></div>
`,
  )}</dl>`
}

/** A line of `dl.facts`; nothing where there is nothing to say. */
export function fact(name: Html | string, value: Html | string | null | false): Html | false {
  return (
    value !== null &&
    value !== false &&
    value !== '' &&
    html`<div><dt>${name}</dt><dd>${value}</dd></div>
`
  )
}

export function words(value: unknown, reading: Reading): Html {
  if (value === true) return html`${say.words.yes}`
  if (value === false) return html`${say.words.no}`
  if (typeof value === 'number') return html`${value}`
  if (typeof value === 'string') return text(value, reading)
  if (!saysSomething(value)) return html`<span class="quiet">${say.words.none}</span>`
  if (Array.isArray(value)) return list(value, reading)
  const fields = value as Record<string, unknown>
  return isMoney(fields) ? html`${moneyText(fields)}` : facts(fields, reading)
}

/**
 * `Sat 21 Nov, 22:31`, with the year where it is another than this one, and the instant for machines; where the
 * reader's clock shows another time, that beside it.
 */
export function moment(instant: { epochMilliseconds: number }, { timeZone, viewerZone }: Reading): Html {
  const date = new Date(instant.epochMilliseconds)
  return onBothClocks(instant, zone => dayAndTime(date, zone), { timeZone, viewerZone })
}

/** `Sat 21 Nov, 22:31–23:31`; the second day where it is another. @param from, until as instants are written, RFC 3339 */
export function spanOf(from: string, until: string, reading: Reading): Html {
  const [start, end] = [new Date(from), new Date(until)]
  const span = (zone: string): Told => {
    const [first, last] = [dayAndTime(start, zone), dayAndTime(end, zone)]
    if (first.day !== last.day) return { text: say.times.fromTo(first.text, last.text) }
    const { day } = first
    const time = say.times.fromTo(first.time, last.time)
    return { day, time, text: say.times.dayAndTime(day, time) }
  }
  return onBothClocks({ epochMilliseconds: start.getTime() }, span, reading)
}

/** `10:00`; with its day where that is not today's, on whichever clock. */
export function hourOf(at: string, now: { epochMilliseconds: number }, reading: Reading): Html {
  const today = dayAndTime(new Date(now.epochMilliseconds), reading.timeZone).day
  const hour = (zone: string): Told => {
    const told = dayAndTime(new Date(at), zone)
    return told.day === today ? { text: told.time } : told
  }
  return onBothClocks({ epochMilliseconds: Date.parse(at) }, hour, reading)
}

/** A time in words; its day and its hours apart, where it is of one day. */
type Told = { text: string; day?: string; time?: string }

/** On the business's clock and, where the reader's shows something else, on that beside it; a day that is the same, once. */
function onBothClocks(
  { epochMilliseconds }: { epochMilliseconds: number },
  toldIn: (zone: string) => Told,
  { timeZone, viewerZone }: Reading,
): Html {
  const there = toldIn(timeZone)
  const own = viewerZone ? toldIn(viewerZone) : there
  const time = html`<time datetime="${new Date(epochMilliseconds).toISOString()}">${there.text}</time>`
  if (own.text === there.text) return time
  const told = own.time && own.day === there.day ? own.time : own.text
  return html`${time} <span class="own-time">${say.shell.yourTime(told)}</span>`
}

function dayAndTime(date: Date, timeZone: string) {
  const year = clock(timeZone, 'year')
  const look = year.format(date) === year.format(Date.now()) ? 'short' : 'long'
  const day = say.times.tidied(clock(timeZone, look).format(date))
  const time = hourText({ epochMilliseconds: date.getTime() }, timeZone)
  return { day, time, text: say.times.dayAndTime(day, time) }
}

/** `Sat 21 Nov`, with the year where it is another than this one. */
export function dayText(instant: { epochMilliseconds: number }, timeZone: string): string {
  return dayAndTime(new Date(instant.epochMilliseconds), timeZone).day
}

/** `10:00`, in a column of times. */
export function hourText(instant: { epochMilliseconds: number }, timeZone: string): string {
  return clock(timeZone, 'hour').format(instant.epochMilliseconds)
}

/** What stands for a text without a title, in a list. @param most characters */
export function firstLine(text: string, most: number): string {
  const [line = ''] = text.trim().split('\n')
  return line.length > most ? `${line.slice(0, most).toWellFormed()}…` : line
}

/** `customer_id` → `Customer`. */
export function label(name: string): Html {
  const own = say.named(name)
  if (own !== null) return html`${own}`
  const spaced = name.replace(/_ids?$/, '').replaceAll('_', ' ')
  return inEnglish(legible(spaced.charAt(0).toUpperCase() + spaced.slice(1)))
}

function text(value: string, reading: Reading): Html {
  if (INSTANT.test(value)) {
    const epochMilliseconds = Date.parse(value)
    if (!Number.isNaN(epochMilliseconds)) return moment({ epochMilliseconds }, reading)
  }
  const named = reading.names?.get(value)
  if (named) return nameOf(named, reading)
  return ID.test(value) ? html`<code>${value}</code>` : html`<span class="words">${outside(value)}</span>`
}

/** `Nadia Prieto`, or of a booking `Yoga with Luis for Nadia Prieto, Mon 23 Nov, 10:00`. */
export function nameOf({ name, staff, customer, at }: Named, reading: Reading): Html {
  return html`${outside(name)}${staff && say.words.with(outside(staff))}${customer && say.words.for(outside(customer))}${at && html`, ${moment(at, reading)}`}`
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/
export const ID = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/

function list(values: unknown[], reading: Reading): Html {
  if (values.every(value => typeof value !== 'object')) {
    return html`${values.map((value, at) => html`${at > 0 && ', '}${words(value, reading)}`)}`
  }
  return html`<ol class="items">${values.map(
    value => html`<li>${words(value, reading)}</li>
`,
  )}</ol>`
}

/** Neither empty nor of empty things alone. */
export function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.values(value).some(saysSomething)
}

function isMoney(fields: Record<string, unknown>): fields is Record<string, unknown> & Amount {
  const { amount, currency } = fields
  return Object.keys(fields).length === 2 && typeof amount === 'number' && /^[A-Z]{3}$/.test(String(currency))
}

const day = { weekday: 'short', day: 'numeric', month: 'short' } as const
const looks = {
  hour: { hour: '2-digit', minute: '2-digit' },
  year: { year: 'numeric' },
  short: day,
  long: { ...day, year: 'numeric' },
} as const

/** Made once for each zone and look: 30 µs, and a queue shows a hundred times. */
function clock(timeZone: string, look: keyof typeof looks): Intl.DateTimeFormat {
  const key = `${timeZone} ${look}`
  const known = clocks.get(key)
  if (known) return known
  const made = timeFormat(timeZone, looks[look])
  clocks.set(key, made)
  return made
}

/** At most four for each of the 600 zones there are. */
const clocks = new Map<string, Intl.DateTimeFormat>()
