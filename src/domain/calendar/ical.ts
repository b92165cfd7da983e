/**
 * iCalendar (RFC 5545) of occasions. ical-generator escapes texts and folds lines at 75 octets between characters; it
 * does not escape a calendar's `name`, so that stands as an `X-` property, which it does.
 */

import ical, { ICalEventStatus } from 'ical-generator'
import type { Temporal } from 'temporal-polyfill'
import type { Occasion } from './occasions.ts'

/** How often a calendar should look again. */
const REFRESH_SECONDS = 15 * 60

/** @param host makes ids the world's own: `booking_…@desk.example.com` */
export function calendarText(name: string, occasions: Occasion[], host: string): string {
  const calendar = ical({ prodId: '//Backdesk//Calendar//EN', ttl: REFRESH_SECONDS })
  calendar.x('X-WR-CALNAME', plain(name))
  for (const { id, description, ...occasion } of occasions) {
    calendar.createEvent({
      id: `${id}@${host}`,
      sequence: occasion.sequence,
      status: statuses[occasion.status],
      start: utc(occasion.start),
      end: utc(occasion.end),
      stamp: utc(occasion.changedAt), // Without a METHOD it says when this was last true, not when it was written: 3.8.7.2.
      created: utc(occasion.createdAt),
      lastModified: utc(occasion.changedAt),
      summary: plain(occasion.summary),
      location: plain(occasion.location),
      description: description === null ? undefined : plain(description),
    })
  }
  return `${calendar.toString()}\r\n`
}

const statuses = {
  tentative: ICalEventStatus.TENTATIVE,
  confirmed: ICalEventStatus.CONFIRMED,
  cancelled: ICalEventStatus.CANCELLED,
} as const

function utc({ epochMilliseconds }: Temporal.Instant): Date {
  return new Date(epochMilliseconds)
}

/** TEXT holds no control character but a tab and line breaks, which are written as \n (3.3.11). */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ')
}
