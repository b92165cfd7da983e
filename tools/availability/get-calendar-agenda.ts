import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, LocalDate, outside, Text } from '../../src/catalog/kinds.ts'
import { type Agenda, type AgendaDay, agendaOf } from '../../src/domain/calendar/agenda.ts'
import { givenBooking, localTime } from '../bookings/shapes.ts'

export default defineTool({
  name: 'get_calendar_agenda',
  title: 'The agenda of a person or a location',
  description:
    'A day or more as a calendar shows it, in local days of the location: bookings, holds, classes and absences by ' +
    'start, and when it is closed. With staff_id their own days everywhere, or at location_id alone. To search ' +
    'bookings, list_bookings; for what can be booked, get_available_slots.',
  keywords: ['day plan', 'week view', 'diary', 'calendar view', 'print the day', 'day sheet'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/agenda',
  input: z.strictObject({
    staff_id: Id('staff').optional(),
    location_id: Id('location').optional(),
    from: LocalDate().optional().describe('First date there. Default: today.'),
    days: z.int().min(1).max(31).default(1).describe('7 for a week.'),
    limit: z.int().min(1).max(100).default(100).describe('Entries a page.'),
    cursor: Text(128).optional().describe("The last answer's next_cursor."),
  }),
  data: z.object({
    time_zone: z.string(),
    days: z.array(
      z.object({
        date: z.string(),
        starts_at: Instant(),
        ends_at: Instant(),
        hours: z.number().describe('23 to 25 where clocks change.'),
        closed: z.array(
          z.object({
            starts_at: Instant(),
            ends_at: Instant(),
            local: z.string().describe('Of the start.'),
          }),
        ),
      }),
    ),
    entries: z.array(
      z.object({
        kind: z.enum(['booking', 'hold', 'class', 'time_off', 'elsewhere']),
        id: z.string(),
        date: z.string().describe('Its day in days.'),
        starts_at: Instant(),
        ends_at: Instant(),
        local: z.string().describe('Start on the clock of time_zone.'),
        staff_id: Id('staff'),
        staff_name: z.string(),
        location_id: Id('location').nullable(),
        state: z.string().nullable(),
        service_name: z.string().nullable(),
        customer_name: outside(z.string().nullable()),
      }),
    ),
  }),
  refusals: ['not_found'],
  example: { given: givenBooking, input: { staff_id: '$staff.id', days: 7 } },
  async run(context, { staff_id: staffId, location_id: locationId, from, ...asked }) {
    const page = await agendaOf(context, { staffId, locationId, from: from?.toString(), ...asked })
    return new Page(shown(page.rows), page.nextCursor)
  },
})

function shown({ zone, days, entries }: Agenda) {
  return {
    time_zone: zone,
    days: days.map(day => dayShown(day, zone)),
    entries: entries.map(entry => ({
      kind: entry.kind,
      id: entry.id,
      date: entry.date,
      starts_at: entry.startsAt,
      ends_at: entry.endsAt,
      local: localTime(entry.startsAt, zone).local,
      staff_id: entry.staffId,
      staff_name: entry.staffName,
      location_id: entry.locationId,
      state: entry.state,
      service_name: entry.serviceName,
      customer_name: entry.customerName,
    })),
  }
}

function dayShown({ date, start, end, hours, closed }: AgendaDay, zone: string) {
  return {
    date,
    starts_at: start,
    ends_at: end,
    hours,
    closed: closed.map(gap => ({
      starts_at: gap.start,
      ends_at: gap.end,
      local: localTime(gap.start, zone).local,
    })),
  }
}
