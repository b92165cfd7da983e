/**
 * The rule of a series, as RFC 5545 §3.3.10 writes it: `FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10`. Days and larger units
 * only: a series has one time of day, that of its start. What is not understood is refused, never ignored, because
 * a part left out gives other dates than the caller meant.
 */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Weekday } from './local.ts'

export type Frequency = 'daily' | 'weekly' | 'monthly' | 'yearly'

/** A list that the rule does not give is empty. */
export interface Recurrence {
  freq: Frequency
  interval: number
  /** How many times, or till when; neither is a series without an end. */
  count?: number
  /** The last it may be: a local date, with all of its day, or an instant. */
  until?: Temporal.PlainDate | Temporal.Instant
  byDay: WeekdayInRule[]
  /** 1 to 31, or -1 (the last day) to -31. */
  byMonthDay: number[]
  /** 1 to 12. */
  byMonth: number[]
  /** Which of a period's dates, from 1, or from -1 at its end. */
  bySetPos: number[]
  weekStart: Weekday
}

/** `nth`: of the month or, in a yearly rule without BYMONTH, of the year; negative from its end. */
export interface WeekdayInRule {
  weekday: Weekday
  nth?: number
}

/** More than a year of days. Who needs more wants a second series, or asks for a part of one without an end. */
export const MOST_OCCURRENCES = 400

/**
 * @param text without `RRULE:` and without DTSTART; upper or lower case (RFC 5545 §2)
 * @throws invalid_input, naming the part and what it may be
 */
export function parseRecurrence(text: string): Recurrence {
  const parts = readParts(text)
  const freq = readFrequency(parts.FREQ)
  const rule: Recurrence = {
    freq,
    interval: readNumber('INTERVAL', parts.INTERVAL, MOST_INTERVAL) ?? 1,
    count: readNumber('COUNT', parts.COUNT, MOST_OCCURRENCES),
    until: parts.UNTIL === undefined ? undefined : readUntil(parts.UNTIL),
    byDay: readList(parts.BYDAY, item => readWeekdayInRule(item, highestNth(freq, parts))),
    byMonthDay: readList(parts.BYMONTHDAY, item => readPosition('BYMONTHDAY', item, 31)),
    byMonth: readList(parts.BYMONTH, item => readNumber('BYMONTH', item, 12)!),
    bySetPos: readList(parts.BYSETPOS, item => readPosition('BYSETPOS', item, 366)),
    weekStart: parts.WKST === undefined ? 'mon' : readWeekStart(parts.WKST),
  }
  refuseWhatDoesNotGoTogether(rule)
  return rule
}

/** RFC 5545 sets no limit; nobody's series rests for a thousand days. */
const MOST_INTERVAL = 1000

const partNames = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYDAY',
  'BYMONTHDAY',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
] as const
type PartName = (typeof partNames)[number]
type Parts = Partial<Record<PartName, string>>

const LONGEST_TEXT = 500
/** In other alphabets, upper case can make letters of these: `ı` → `I`. */
const ASCII = /^[\r\n -~]*$/

function readParts(text: string): Parts {
  if (text.length > LONGEST_TEXT || !ASCII.test(text))
    throw refused(
      'the rule',
      `parts as in FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10, at most ${LONGEST_TEXT} characters`,
    )
  const parts: Parts = {}
  for (const part of text.toUpperCase().split(';')) {
    const [name = '', value, ...more] = part.split('=')
    if (!isPartName(name)) {
      const named = /^[A-Z-]{1,20}/.exec(name)?.[0] ?? 'a part without a name'
      throw refused(named, `no such part, only ${partNames.join(', ')}`)
    }
    if (name in parts) throw refused(name, 'it once')
    if (!value || more.length > 0) throw refused(name, `one value, as in ${name}=…`)
    parts[name] = value
  }
  return parts
}

function isPartName(name: string): name is PartName {
  return (partNames as readonly string[]).includes(name)
}

function readFrequency(value: string | undefined): Frequency {
  switch (value) {
    case 'DAILY':
    case 'WEEKLY':
    case 'MONTHLY':
    case 'YEARLY':
      return value.toLowerCase() as Frequency
  }
  throw refused('FREQ', 'DAILY, WEEKLY, MONTHLY or YEARLY')
}

function readNumber<Text extends string | undefined>(part: PartName, value: Text, highest: number) {
  if (value === undefined) return
  const number = /^\d{1,4}$/.test(value) ? Number(value) : 0
  if (number >= 1 && number <= highest) return number
  throw refused(part, `a number from 1 to ${highest}`)
}

function readList<Item>(value: string | undefined, read: (item: string) => Item): Item[] {
  return value === undefined ? [] : [...new Set(value.split(','))].map(read)
}

/** A number that counts from the start or, below zero, from the end. */
function readPosition(part: PartName, value: string, highest: number): number {
  const number = /^[+-]?\d{1,3}$/.test(value) ? Number(value) : 0
  if (number !== 0 && Math.abs(number) <= highest) return number
  throw refused(part, `numbers from 1 to ${highest}, or from -1 to -${highest}, with commas between`)
}

const weekdayOfCode: Record<string, Weekday> = {
  MO: 'mon',
  TU: 'tue',
  WE: 'wed',
  TH: 'thu',
  FR: 'fri',
  SA: 'sat',
  SU: 'sun',
}

/** RFC 5545: a day with a number means something only in a month or a year. */
function highestNth(freq: Frequency, parts: Parts): number {
  if (freq === 'daily' || freq === 'weekly') return 0
  return freq === 'yearly' && parts.BYMONTH === undefined ? 53 : 5
}

function readWeekdayInRule(item: string, highest: number): WeekdayInRule {
  const [, nth, code] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? []
  const weekday = weekdayOfCode[code ?? '']
  if (weekday && nth === undefined) return { weekday }
  if (weekday && highest > 0) {
    const number = Number(nth)
    if (number !== 0 && Math.abs(number) <= highest) return { weekday, nth: number }
  }
  const numbers =
    highest > 0 ? `with or without a number from 1 to ${highest} or -1 to -${highest}` : 'without a number'
  throw refused('BYDAY', `MO, TU, WE, TH, FR, SA or SU, ${numbers}, with commas between`)
}

function readWeekStart(value: string): Weekday {
  const weekday = weekdayOfCode[value]
  if (weekday) return weekday
  throw refused('WKST', 'MO, TU, WE, TH, FR, SA or SU')
}

/** A time without its `Z` would be anybody's: RFC 5545 asks for UTC where the start has a zone. */
function readUntil(value: string): Temporal.PlainDate | Temporal.Instant {
  const [, date, time] = /^((?:19|20|21)\d{6})(?:(T\d{6})Z)?$/.exec(value) ?? []
  try {
    if (date && time) return Temporal.Instant.from(`${date}${time}Z`)
    if (date) return Temporal.PlainDate.from(date)
  } catch {
    // A date that is none, as 20260230.
  }
  throw refused(
    'UNTIL',
    'a date, as in 20261231, or a time in UTC, as in 20261231T225959Z, from 1900 to 2199',
  )
}

function refuseWhatDoesNotGoTogether(rule: Recurrence): void {
  const { freq, count, until, byDay, byMonthDay, byMonth, bySetPos } = rule
  if (count !== undefined && until !== undefined) throw refused('UNTIL', 'COUNT or UNTIL, not both')
  if (freq === 'weekly' && byMonthDay.length > 0) throw refused('BYMONTHDAY', 'it with any FREQ but WEEKLY')
  if (bySetPos.length > 0 && byDay.length + byMonthDay.length + byMonth.length === 0)
    throw refused('BYSETPOS', 'it beside BYDAY, BYMONTHDAY or BYMONTH, among whose dates it chooses')
}

function refused(part: string, expected: string): Refusal {
  return new Refusal('invalid_input', `Recurrence rule, ${part}: expected ${expected}.`, { part, expected })
}
