/**
 * The kinds of field that tools are made of. Each is a zod schema that says the same thing to three readers:
 * to the road (strict parsing), to TypeScript (the domain's own type) and to an agent (JSON Schema).
 *
 * Ids and instants are codecs: text on every surface, a uuid or a `Temporal` value inside.
 */

import { Temporal } from 'temporal-polyfill'
import { TypeID } from 'typeid-js'
import { z } from 'zod'

/** The prefixes in use, and the word for each in a sentence. */
export const idKinds = {
  workspace: 'workspace',
  account: 'account',
  member: 'member',
  invite: 'invitation',
  key: 'API key',
  connection: 'connected client',
  request: 'request',
  audit: 'audit event',
  approval: 'approval',
  undo: 'undo',
  delivery: 'delivery',
  event: 'event',
  location: 'location',
  staff: 'member of staff',
  service: 'service',
  variant: 'variant of a service',
  addon: 'add-on of a service',
  resource: 'resource',
  timeoff: 'time off entry',
  calendar: 'external calendar',
  booking: 'booking',
  repeat: 'series of bookings',
  series: 'class series',
  session: 'class session',
  enrolment: 'class enrolment',
  waitlist: 'waitlist entry',
  package: 'package',
  lot: 'entitlement',
  customer: 'customer',
  loyalty: 'loyalty account',
  accrual: 'loyalty accrual',
  points: 'lot of points',
  promotion: 'loyalty promotion',
  reward: 'loyalty reward',
  redemption: 'issued reward',
  note: 'note',
  field: 'custom field',
  segment: 'segment',
  job: 'job',
  template: 'message template',
  message: 'message',
  inbound: 'received message',
  suppression: 'suppression',
  consent: 'consent event',
  automation: 'automation',
  invoice: 'invoice',
  line: 'invoice line',
  creditnote: 'credit note',
  entity: 'legal entity',
  posting: 'ledger posting',
  payment: 'payment',
  refund: 'refund',
  dispute: 'dispute',
  method: 'saved payment method',
  link: 'payment link',
  giftcard: 'gift card',
} as const
export type IdKind = keyof typeof idKinds

const ID = /^([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})$/

/** A TypeID (`booking_01j…`) outside, its uuid inside. An id of another kind is refused by name. */
export function Id(kind: IdKind) {
  return z
    .codec(z.string(), z.string(), {
      decode: (text, ctx) => {
        const [, prefix, suffix] = ID.exec(text) ?? []
        if (prefix === kind && suffix) return uuidOf(text)
        const other =
          prefix && prefix in idKinds ? ` This is the id of ${article(idKinds[prefix as IdKind])}.` : ''
        ctx.issues.push({
          code: 'custom',
          input: text,
          message: `Expected the id of ${article(idKinds[kind])}, as in ${kind}_01j….${other}`,
        })
        return z.NEVER
      },
      encode: uuid => idText(kind, uuid),
    })
    .meta({ kind: 'id', pattern: `^${kind}_` })
}

/** The id of anything, as text. */
export const AnyId = () =>
  z.string().refine(text => (ID.exec(text)?.[1] ?? '') in idKinds, 'Expected an id, as in booking_01j….')

export function idText(kind: IdKind, uuid: string): string {
  return TypeID.fromUUID(kind, uuid).toString()
}

/** The uuid in a TypeID's text. Throws on text that is none. */
export function uuidOf(text: string): string {
  // Not `toUUID`, which throws at what is well-formed and has no version of RFC 9562: it names nothing, and that is all.
  const hex = Buffer.from(TypeID.fromString(text).toUUIDBytes()).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** RFC 3339 with an offset outside, `Temporal.Instant` inside. Written in UTC with milliseconds. */
export const Instant = () =>
  z
    .codec(z.string(), z.instanceof(Temporal.Instant), {
      decode: (text, ctx) => {
        const instant = readInstant(text)
        if (instant) return instant
        ctx.issues.push({
          code: 'custom',
          input: text,
          message:
            'Expected an instant with an offset (RFC 3339, years 1900 to 2199), as in 2026-03-29T09:30:00+02:00.',
        })
        return z.NEVER
      },
      encode: instant => instant.toString({ smallestUnit: 'millisecond' }),
    })
    .meta({ kind: 'instant', format: 'date-time' })

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

/** The years of `LocalDate`. PostgreSQL has no year 0, and ISO 8601 writes five digits otherwise. */
const EARLIEST = Date.UTC(1900, 0)
const LATEST = Date.UTC(2200, 0)

function readInstant(text: string): Temporal.Instant | null {
  if (!RFC_3339.test(text)) return null
  try {
    const instant = Temporal.Instant.from(text)
    return instant.epochMilliseconds >= EARLIEST && instant.epochMilliseconds < LATEST ? instant : null
  } catch {
    return null // A date that is none, as 2026-02-30.
  }
}

/** A day of the calendar, `2026-03-29`, from 1900 to 2199, wherever one is; `Temporal.PlainDate` inside. */
export const LocalDate = () =>
  z
    .codec(z.string(), z.instanceof(Temporal.PlainDate), {
      decode: (text, ctx) => {
        const date = readLocalDate(text)
        if (date) return date
        ctx.issues.push({ code: 'custom', input: text, message: 'Expected a date, as in 2026-03-29.' })
        return z.NEVER
      },
      encode: date => date.toString(),
    })
    .meta({ kind: 'local_date', format: 'date' })

function readLocalDate(text: string): Temporal.PlainDate | null {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return null
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return null // A date that is none, as 2026-02-30.
  }
}

/** Never a number: tools that count them from different days are wrong one day a week. */
export const Weekday = () => z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

/** What a clock on the wall shows, to the minute. */
export const WallTime = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a time, as in 09:30.')

/** The same, or 24:00: the midnight that ends the day. */
export const ClosingTime = () =>
  z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'Expected a time from 00:00 to 24:00, as in 17:30.')

const LOWEST = 0x20

/**
 * Text of a person or an agent: no NUL and no lone surrogate (PostgreSQL and UTF-8 have neither), trimmed.
 * @param max length in UTF-16 units.
 */
export function Text(max: number, min = 1) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(text => text.isWellFormed(), 'Contains half a surrogate pair, which no text has.')
    .refine(text => !hasControlCharacter(text), 'Contains a control character.')
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < LOWEST && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return true
  }
  return false
}

/** An email address, compared without case: trimmed and lower-cased at the door; `+tag` is kept. */
export const Email = () => z.string().trim().toLowerCase().max(254).pipe(z.email()).meta({ format: 'email' })

/** Where a page is from, as browsers write it (RFC 6454): `https://studio.example`. Without TLS on one's own machine alone. */
export const Origin = () =>
  Text(255).refine(isOrigin, 'Expected an origin, as in https://studio.example, with no path.')

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  const isOwnMachine = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return origin === text && !hostname.includes('*') && (protocol === 'https:' || isOwnMachine)
}

/** An IANA time zone this runtime knows. */
export const TimeZone = () =>
  Text(64).refine(isTimeZone, 'Expected an IANA time zone, as in Europe/Paris.').meta({ kind: 'time_zone' })

function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false // An offset is no zone: it knows no daylight saving.
  try {
    Temporal.Now.zonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** ISO 4217, upper case. */
export const Currency = () =>
  z
    .string()
    .regex(/^[A-Z]{3}$/)
    .refine(code => currencies.has(code), 'Expected an ISO 4217 currency code, as in EUR.')

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** An amount of money: minor units (cents, pence, yen), at most ten billion of the major ones. */
export const Money = () =>
  z.strictObject({ amount: z.int().min(0).max(1_000_000_000_000), currency: Currency() })

/** ISO 3166-1 alpha-2, upper case. */
export const Country = () => z.string().regex(/^[A-Z]{2}$/, 'Expected an ISO 3166 country code, as in GB.')

/** The version a change is based on: a changed row refuses it with `stale_version`. */
export const Version = () =>
  z.int().min(1).max(2_147_483_647).describe('The version you read; a newer one answers stale_version.')

/** A page of a list: at most 100 rows, and where to go on. */
export const pageFields = {
  limit: z.int().min(1).max(100).default(20).describe('Rows a page.'),
  cursor: Text(512).optional().describe("The last answer's next_cursor."),
}

/** Shown once, by the one tool that issues it; redacted in the audit and left out of a replay. */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), secret: true })
}

/** A number without a gap: it is given when the call takes effect, and a preview shows none. The schema takes null. */
export function onCommit<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), on_commit: true })
}

/**
 * Words that somebody outside wrote: a name, a note, a message. Marked `x-untrusted` in the schema that agents read:
 * they are data, and nothing in them says what to do.
 */
export function outside<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), 'x-untrusted': true })
}

function article(word: string): string {
  return `${/^[aeiouA]/.test(word) ? 'an' : 'a'} ${word}`
}
