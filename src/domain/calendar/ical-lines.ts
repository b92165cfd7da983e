/** iCalendar text (RFC 5545, section 3.1) as events: content lines unfolded, each with its parameters and its value. */

export interface Line {
  /** Upper case, as the names of its parameters. */
  name: string
  parameters: Record<string, string>
  value: string
}

/** The lines of one VEVENT; what is nested in it, as its alarms, is left out. */
export type EventLines = Line[]

export interface CalendarText {
  /** Of the calendar itself. */
  head: Line[]
  events: EventLines[]
  /** X-LIC-LOCATION by TZID, of zones that are named after neither. */
  locations: Map<string, string>
}

/** null: it is no calendar. */
export function readCalendar(text: string): CalendarText | null {
  const calendar: CalendarText = { head: [], events: [], locations: new Map() }
  const within: string[] = []
  let event: EventLines | null = null
  let zone: string | null = null
  let begun = false
  for (const written of unfolded(text)) {
    const line = lineOf(written)
    if (!line) continue
    const { name, value } = line
    if (name === 'BEGIN') {
      within.push(value.toUpperCase())
      begun ||= within[0] === 'VCALENDAR'
      if (within.at(-1) === 'VEVENT') event = []
      continue
    }
    if (name === 'END') {
      const ended = within.pop()
      if (ended === 'VEVENT' && event) calendar.events.push(event)
      if (ended === 'VEVENT') event = null
      if (ended === 'VTIMEZONE') zone = null
      continue
    }
    const inside = within.at(-1)
    if (inside === 'VCALENDAR') calendar.head.push(line)
    else if (inside === 'VEVENT') event?.push(line)
    else if (inside === 'VTIMEZONE' && name === 'TZID') zone = value
    else if (inside === 'VTIMEZONE' && name === 'X-LIC-LOCATION' && zone) calendar.locations.set(zone, value)
  }
  return begun ? calendar : null
}

/** Without a byte order mark; lines end in CR LF, and in LF alone where somebody was careless. */
function unfolded(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
}

/** `DTSTART;TZID="Europe/Madrid":20300108T100000`; null: it is no content line. */
function lineOf(written: string): Line | null {
  const [head] = /^[\w-]+(?:;[\w-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*:/.exec(written) ?? []
  if (!head) return null
  const [name, ...parameters] = head.slice(0, -1).match(/(?:[^;"]|"[^"]*")+/g)!
  return {
    name: name!.toUpperCase(),
    parameters: Object.fromEntries(
      parameters.map(parameter => {
        const at = parameter.indexOf('=')
        return [parameter.slice(0, at).toUpperCase(), parameter.slice(at + 1).replace(/^"|"$/g, '')]
      }),
    ),
    value: written.slice(head.length).trim(),
  }
}
