/**
 * Local dates and times of a zone, and the instants they are. Instants are epoch milliseconds; dates are
 * `2026-03-29`, times `09:30`, as in every rule about hours.
 */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { DAY, MINUTE, offsetAt, offsetsNear, reach, readings } from './zone.ts'

/** `2026-03-29`. */
export type LocalDate = string
/** `00:00` to `23:59`; a closing time may be `24:00`, which is 00:00 of the next date. */
export type WallTime = string

/** `[start, end)`: epoch milliseconds. */
export interface Interval {
  start: number
  end: number
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/**
 * The instant of an edge of hours: the first at which clocks show this time or a later one. What a customer or an
 * agent asks for goes through `resolveLocal` instead, which never moves a time.
 */
export function instantAt(date: LocalDate, time: WallTime, zone: string): number {
  return reach(wallOf(date, time), zone)
}

/** The local date at an instant. */
export function localDateOf(instant: number, zone: string): LocalDate {
  return dateOf(instant + offsetAt(instant, zone))
}

/** What local clocks show at an instant, to the second: `2026-03-29T09:30:00`. */
export function localTimeOf(instant: number, zone: string): string {
  return localText(instant + offsetAt(instant, zone))
}

/**
 * From the first instant of a date to the first of the next: 23 to 25 hours where clocks change, from 01:00 where
 * they skip midnight, and empty where they skip the date (Apia, 2011-12-30).
 */
export function dayOf(date: LocalDate, zone: string): Interval {
  return { start: instantAt(date, '00:00', zone), end: instantAt(date, '24:00', zone) }
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(wallOf(date) + days * DAY)
}

export function weekdayOf(date: LocalDate): Weekday {
  return weekdays[(new Date(wallOf(date)).getUTCDay() + 6) % 7]!
}

/**
 * The instant of a local date and time that somebody asked for.
 * @param local `2026-03-29T09:30`, seconds optional
 * @param offset `+02:00`: says which, where clocks show the time twice or skip it
 * @throws nonexistent_local_time, ambiguous_local_time with the offsets and instants it could be; invalid_input
 *   where the text is no local time, or the zone has no such offset around it
 */
export function resolveLocal(local: string, zone: string, offset?: string): number {
  const wall = readLocal(local)
  const instants = readings(wall, zone)
  if (offset !== undefined) return withOffset(wall, zone, offset)
  if (instants.length === 1) return instants[0]!
  throw instants.length > 1
    ? new Refusal(
        'ambiguous_local_time',
        `Clocks in ${zone} show ${localText(wall)} twice. Give the offset of the one you mean.`,
        { local: localText(wall), time_zone: zone, could_be: choicesOf(wall, zone) },
      )
    : new Refusal(
        'nonexistent_local_time',
        `Clocks in ${zone} skip ${localText(wall)}. Choose another time, or give an offset.`,
        { local: localText(wall), time_zone: zone, could_be: choicesOf(wall, zone) },
      )
}

function readLocal(local: string): number {
  if (LOCAL.test(local)) {
    try {
      return Temporal.PlainDateTime.from(local).toZonedDateTime('UTC').epochMilliseconds
    } catch {
      // A date that is none, as 2026-02-30.
    }
  }
  throw new Refusal('invalid_input', 'Expected a local date and time, as in 2026-03-29T09:30.', { local })
}

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/

function withOffset(wall: number, zone: string, offset: string): number {
  const choices = choicesOf(wall, zone)
  const choice = choices.find(choice => choice.offset === offset)
  if (choice) return Date.parse(choice.instant)
  throw new Refusal('invalid_input', `At ${localText(wall)}, ${zone} is not at offset ${offset}.`, {
    local: localText(wall),
    time_zone: zone,
    could_be: choices,
  })
}

/** A wall time that clocks show needs one of its own offsets; one that they skip may be either side's. */
function choicesOf(wall: number, zone: string) {
  const instants = readings(wall, zone)
  const offsets = instants.length > 0 ? instants.map(instant => wall - instant) : offsetsNear(wall, zone)
  return offsets.map(offset => ({
    offset: offsetText(offset),
    instant: new Date(wall - offset).toISOString(),
  }))
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE
  const [hour, minute] = [Math.floor(minutes / 60), Math.floor(minutes % 60)]
  return `${offset < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** ISO 8601 lets 24:00 be 00:00 of the next date, and so does Date. */
function wallOf(date: LocalDate, time: WallTime = '00:00'): number {
  return Date.parse(`${date}T${time}Z`)
}

function dateOf(wall: number): LocalDate {
  return localText(wall).slice(0, 10)
}

function localText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19)
}
