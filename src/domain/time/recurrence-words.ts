/** A rule in English, for people who approve what an agent asks for: `every Tuesday and Thursday, 10 times`. */

import { Temporal } from 'temporal-polyfill'
import type { Weekday } from './local.ts'
import type { Frequency, Recurrence, WeekdayInRule } from './recurrence.ts'

/** What the rule leaves to the start (`FREQ=WEEKLY`: its weekday) is left out: `every week`. */
export function describeRecurrence(rule: Recurrence): string {
  return `${dates(rule)}${weeks(rule)}${end(rule)}`
}

function dates(rule: Recurrence): string {
  const { freq, interval, byDay, byMonthDay, bySetPos } = rule
  const every = interval === 1 ? `every ${units[freq]}` : `every ${interval} ${units[freq]}s`
  if (bySetPos.length > 0) return `${every}, only the ${list(bySetPos.map(ordinal))} of: ${candidates(rule)}`
  if (byDay.length + byMonthDay.length === 0) return `${every}${months(rule, 'in')}`
  if (freq === 'daily' && interval > 1) return `${every}, but only on ${candidates(rule)}`
  const plain = byMonthDay.length === 0 && byDay.every(({ nth }) => nth === undefined)
  if (plain && interval === 1) return `every ${list(byDay.map(dayName))}${months(rule, 'in')}`
  return freq === 'daily' ? candidates(rule) : `${every} on ${candidates(rule)}`
}

const units: Record<Frequency, string> = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' }

/** The days of a period that meet the rule, before BYSETPOS. */
function candidates(rule: Recurrence): string {
  const { freq, byDay, byMonthDay, bySetPos } = rule
  const each = bySetPos.length === 0 && (freq === 'monthly' || freq === 'yearly') ? 'every ' : ''
  if (byDay.length + byMonthDay.length === 0) return `its dates${months(rule, 'in')}`
  if (byMonthDay.length === 0)
    return `${list(byDay.map(one => weekday(rule, one, each)))}${months(rule, 'in')}`
  const ofMonth = freq === 'monthly' ? '' : ' of every month'
  const days = `the ${list(byMonthDay.map(monthDay))}${months(rule, 'of') || ofMonth}`
  if (byDay.length === 0) return days
  return `${days} when that is ${list(
    byDay.map(one => weekday(rule, one, '')),
    'or',
  )}`
}

function weekday({ freq, byMonth }: Recurrence, one: WeekdayInRule, each: string): string {
  if (one.nth === undefined) return each + dayName(one)
  return `the ${ordinal(one.nth)} ${dayName(one)}${freq === 'yearly' && byMonth.length === 0 ? ' of the year' : ''}`
}

function months({ byMonth }: Recurrence, word: 'in' | 'of'): string {
  return byMonth.length === 0 ? '' : ` ${word} ${list(byMonth.map(month => monthNames[month - 1]!))}`
}

/** Only where another start of the week would give other dates (RFC 5545, WKST). */
function weeks({ freq, interval, byDay, bySetPos, weekStart }: Recurrence): string {
  const matters = freq === 'weekly' && byDay.length > 0 && (interval > 1 || bySetPos.length > 0)
  return matters && weekStart !== 'mon' ? `, in weeks that start on ${dayNames[weekStart]}` : ''
}

function end({ count, until }: Recurrence): string {
  if (count !== undefined) return count === 1 ? ', once' : `, ${count} times`
  if (until === undefined) return ''
  if (until instanceof Temporal.PlainDate) return `, until ${dateText(until)}`
  const utc = until.toZonedDateTimeISO('UTC')
  return `, until ${dateText(utc)}, ${utc.toPlainTime().toString({ smallestUnit: 'minute' })} UTC`
}

function dateText({ day, month, year }: { day: number; month: number; year: number }): string {
  return `${day} ${monthNames[month - 1]} ${year}`
}

function dayName({ weekday }: WeekdayInRule): string {
  return dayNames[weekday]
}

function monthDay(day: number): string {
  return day < 0 ? `${ordinal(day)} day` : ordinal(day)
}

/** 1 → `1st`, -1 → `last`, -2 → `2nd to last`. */
function ordinal(n: number): string {
  if (n === -1) return 'last'
  if (n < 0) return `${ordinal(-n)} to last`
  return `${n}${suffixes[plural.select(n)]}`
}

const plural = new Intl.PluralRules('en', { type: 'ordinal' })
const suffixes: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }

function list(words: string[], word = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${word} ${words.at(-1)}`
}

const dayNames: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
