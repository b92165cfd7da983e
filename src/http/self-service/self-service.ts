/**
 * `/b/<token>`: where a customer's link leads. Every page works without a script; all that it reads and does goes the
 * road of a call, as the customer, who may do no more than the link says.
 */

import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ReadBody, WriteBody } from '../../calls/call.ts'
import { LocalDate } from '../../catalog/kinds.ts'
import { notFound, Refusal, type RefusalCode } from '../../catalog/refusal.ts'
import { addDays, dayOf } from '../../domain/time/local.ts'
import { clientName } from '../credentials.ts'
import type { Host } from '../host.ts'
import { linkFormOf, prepareLinkPages } from '../link-pages.ts'
import { formOf } from '../pages/form.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import {
  type BookingShown,
  cancelPage,
  type DayOfTimes,
  endedPage,
  missingPage,
  type Notice,
  overviewPage,
  problemPage,
  type Terms,
  timesPage,
  type Visit,
} from './pages.ts'
import { localDate } from './words.ts'

interface Route {
  Params: { token: string }
  Querystring: { day?: unknown; after?: unknown; done?: unknown }
}

export function registerSelfService(app: FastifyInstance, host: Host): void {
  app.register(async pages => {
    await prepareLinkPages(pages, host, {
      missing: missingPage,
      problem: ({ code }) => problemPage(refusalText(code)),
    })
    serve(pages, 'self-service.css', 'text/css')
    serve(pages, 'self-service.js', 'text/javascript')

    pages.get<Route>('/b/:token', async (request, reply) => {
      const desk = await deskOf(host, request)
      if (desk.visit.expired) return sendPage(reply.code(410), endedPage(desk.visit))
      return overview(desk, reply, noticeOf(request.query.done))
    })

    pages.get<Route>('/b/:token/times', async (request, reply) => {
      const desk = await deskOf(host, request)
      const booking = await openBooking(desk)
      if (!booking) return reply.redirect(`/b/${desk.visit.token}`, 303)
      const { day, after } = request.query
      return times(desk, reply, booking, { day: dayAsked(day), after: cursorIn(after) })
    })

    pages.post<Route>('/b/:token/move', async (request, reply) => {
      const desk = await deskOf(host, request)
      const form = formOf(request.body)
      const booking = await openBooking(desk)
      if (!booking) return reply.redirect(`/b/${desk.visit.token}`, 303)
      try {
        await move(desk, form)
        return reply.redirect(`/b/${desk.visit.token}?done=moved`, 303)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const notice = { text: refusalText(error.code), problem: true }
        return times(desk, reply.code(error.status), booking, { day: dayAsked(form.day) }, notice)
      }
    })

    pages.post<Route>('/b/:token/cancel', async (request, reply) => {
      const desk = await deskOf(host, request)
      const form = formOf(request.body)
      const booking = await openBooking(desk)
      if (!booking) return reply.redirect(`/b/${desk.visit.token}`, 303)
      try {
        const body = await cancel(desk, form)
        if (body.status === 'done' || body.status === 'processing')
          return reply.redirect(`/b/${desk.visit.token}?done=cancelled`, 303)
        return sendPage(reply, cancelPage(desk.visit, booking, await termsOf(desk), body.confirm_token!))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const notice = { text: refusalText(error.code), problem: true }
        return overview(desk, reply.code(error.status), notice)
      }
    })
  })
}

function noticeOf(done: unknown): Notice | undefined {
  const texts = say.selfService.done
  return typeof done === 'string' && Object.hasOwn(texts, done) ? { text: texts[done]! } : undefined
}

function refusalText(code: RefusalCode): string {
  return say.selfService.refusals[code] ?? say.links.problemMore
}

/** A customer at the desk: who they are, and what they may ask of the house. */
interface Desk {
  visit: Visit
  call(tool: string, args: Record<string, unknown>): Promise<ReadBody | WriteBody>
}

/** @throws Refusal `not_found` for a token that is none of ours */
async function deskOf(host: Host, request: FastifyRequest<Route>): Promise<Desk> {
  const { token } = request.params
  const opened = await host.openSelfService(token)
  if (!opened) throw notFound('booking')
  if (request.method === 'POST') linkFormOf(host, request, token)
  const { principal, workspace } = opened
  const client = clientName(request.headers['user-agent'])
  return {
    visit: { ...opened, token },
    async call(tool, args) {
      const asked = { principal, workspace, tool, arguments: args, client }
      const answer = await host.call({ ...asked, requestId: request.id, surface: 'page' })
      if (answer.refusal) throw answer.refusal
      return answer.body
    },
  }
}

async function readBooking({ call, visit }: Desk): Promise<BookingShown> {
  return (await call('get_booking', { booking_id: visit.booking_id })).data as BookingShown
}

/** null where nothing is to be changed here: the link has ended, or the booking has begun or is off. */
async function openBooking(desk: Desk): Promise<BookingShown | null> {
  if (desk.visit.expired) return null
  const booking = await readBooking(desk)
  return isOpen(desk, booking) ? booking : null
}

function isOpen({ visit }: Desk, { state, starts_at }: BookingShown): boolean {
  return ['pending', 'confirmed'].includes(state) && visit.now.epochMilliseconds < Date.parse(starts_at)
}

async function termsOf({ call, visit }: Desk): Promise<Terms> {
  const asked = { booking_id: visit.booking_id, by: 'customer' }
  return (await call('preview_booking_cancellation', asked)).data as Terms
}

async function overview(desk: Desk, reply: FastifyReply, notice?: Notice): Promise<FastifyReply> {
  const booking = await readBooking(desk)
  const terms = isOpen(desk, booking) ? await termsOf(desk) : null
  return sendPage(reply, overviewPage(desk.visit, booking, terms, notice))
}

async function times(
  desk: Desk,
  reply: FastifyReply,
  booking: BookingShown,
  asked: TimesAsked,
  notice?: Notice,
): Promise<FastifyReply> {
  const day = await dayShown(desk, booking, asked).catch(noneOffered)
  return sendPage(reply, timesPage(desk.visit, booking, day, notice))
}

/** The service or the person is not to be booked any more: what was booked stays, and does not move by itself. */
function noneOffered(error: unknown): null {
  if (error instanceof Refusal && error.code === 'not_found') return null
  throw error
}

interface TimesAsked {
  /** null: the first with any. */
  day: string | null
  /** Of a day with more than a page has, where the page before ended. */
  after?: string
}

async function dayShown(
  desk: Desk,
  booking: BookingShown,
  { day, after }: TimesAsked,
): Promise<DayOfTimes | null> {
  const today = localDate(desk.visit.now.toString(), booking.time_zone)
  const isLater = day !== null && day > today
  const date = isLater || (day !== null && after) ? day : await nextFreeDay(desk, booking, today)
  return date === null ? null : dayOfTimes(desk, booking, { date, after, today })
}

async function dayOfTimes(
  desk: Desk,
  booking: BookingShown,
  { date, after, today }: { date: string; after?: string; today: string },
): Promise<DayOfTimes> {
  const asked = { from: date, to: date, limit: 100, cursor: after }
  const { slots, next } = await slotsOf(desk, 'get_available_slots', asked)
  return {
    date,
    more: next ?? null,
    starts: slots.map(({ start }) => start).filter(start => start !== booking.starts_at),
    earlier: date > today ? addDays(date, -1) : null,
    later: await nextFreeDay(desk, booking, addDays(date, 1)),
  }
}

/** The first date from this one on with a free start; null where there is none as far as can be booked. */
async function nextFreeDay(desk: Desk, { time_zone }: BookingShown, date: string): Promise<string | null> {
  const from = new Date(dayOf(date, time_zone).start).toISOString()
  const { slots } = await slotsOf(desk, 'find_next_available_slot', { from, count: 1 })
  return slots[0] ? localDate(slots[0].start, time_zone) : null
}

async function slotsOf({ call, visit }: Desk, tool: string, args: Record<string, unknown>) {
  const { service_id, location_id, staff_id } = visit
  const body = await call(tool, { service_id, location_id, staff_id, ...args })
  const { slots } = body.data as { slots: { start: string }[] }
  return { slots, next: (body as ReadBody).next_cursor }
}

async function move({ call, visit }: Desk, { start = '', version }: Record<string, string | undefined>) {
  const { booking_id } = visit
  // The same press twice is one move: what tells presses apart is the booking as they saw it, and where to.
  const idempotency_key = `self-service ${booking_id} ${version} ${start}`.slice(0, 255)
  const asked = { booking_id, start, idempotency_key }
  const body = (await call('reschedule_booking', asked)) as WriteBody
  if (body.status !== 'needs_confirmation') return
  await call('reschedule_booking', { ...asked, confirm_token: body.confirm_token })
}

/** Without a token it is the preview; with the one that came with it, it is done. */
async function cancel(
  { call, visit }: Desk,
  { version, confirm_token }: Record<string, string | undefined>,
): Promise<WriteBody> {
  const { booking_id } = visit
  const idempotency_key = `self-service cancel ${booking_id} ${version}`.slice(0, 255)
  const asked = { booking_id, by: 'customer', idempotency_key }
  return (await call('cancel_booking', confirm_token ? { ...asked, confirm_token } : asked)) as WriteBody
}

function cursorIn(after: unknown): string | undefined {
  return typeof after === 'string' && /^[\w-]{1,64}$/.test(after) ? after : undefined
}

function dayAsked(day: unknown): string | null {
  const parsed = LocalDateKind.safeParse(day)
  return parsed.success ? parsed.data.toString() : null
}

const LocalDateKind = LocalDate()

function serve(app: FastifyInstance, file: string, type: string): void {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  app.get(`/${file}`, (_request, reply) =>
    reply.type(`${type}; charset=utf-8`).header('cache-control', 'public, max-age=3600').send(text),
  )
}
