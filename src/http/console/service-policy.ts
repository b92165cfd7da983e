/** The rules by which a service is booked: as sentences, and as a form of those that most businesses set. */

import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { say } from '../texts/index.ts'
import { amountOf, amountText, choice, field, whole } from './kit.ts'
import type { Visit } from './shell.ts'

interface Money {
  amount: number
  currency: string
}

/** As `get_service` answers it: the fields of `set_service_booking_policy`. */
export interface Policy extends Record<string, unknown> {
  slot_interval_minutes: number | null
  notice_minutes: number
  window_days: number
  requires_confirmation: boolean
  answer_within_minutes: number | null
  cancel_cutoff_minutes: number
  hold_minutes: number
  customer_limits: Partial<Record<keyof typeof say.policy.limits, number>>
  requires_entitlement: boolean
  deposit: Money | null
  late_cancel_fee: Money | null
  no_show_fee: Money | null
}

/** `45 minutes`, `24 hours`, `1 hour 30 minutes`, `2 days`: days from the second on, as people say it. */
export function minutesText(minutes: number): string {
  const { unit, count } = largestUnit(minutes)
  if (unit !== 'minutes' || minutes < 60) return say.policy.units[unit](count)
  const { hours, minutes: rest } = { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
  return `${say.policy.units.hours(hours)} ${say.policy.units.minutes(rest)}`
}

type Unit = keyof typeof say.policy.units
const perUnit: Record<Unit, number> = { minutes: 1, hours: 60, days: 1440 }

/** In which the number is whole. */
function largestUnit(minutes: number): { unit: Unit; count: number } {
  const unit: Unit =
    minutes >= 2880 && minutes % 1440 === 0
      ? 'days'
      : minutes >= 60 && minutes % 60 === 0
        ? 'hours'
        : 'minutes'
  return { unit, count: minutes / perUnit[unit] }
}

export function policySentences(policy: Policy): string[] {
  const { notice_minutes: notice, cancel_cutoff_minutes: cutoff, answer_within_minutes: answer } = policy
  const limits = Object.entries(policy.customer_limits) as [keyof typeof say.policy.limits, number][]
  return [
    notice > 0 ? say.policy.notice(minutesText(notice)) : say.policy.noNotice,
    say.policy.window(policy.window_days),
    policy.slot_interval_minutes
      ? say.policy.every(minutesText(policy.slot_interval_minutes))
      : say.policy.everyOne,
    policy.requires_confirmation
      ? answer
        ? say.policy.confirmedWithin(minutesText(answer))
        : say.policy.confirmed
      : say.policy.atOnce,
    cutoff > 0 ? say.policy.cancel(minutesText(cutoff)) : say.policy.cancelAlways,
    say.policy.hold(minutesText(policy.hold_minutes)),
    policy.deposit && say.policy.deposit(moneyText(policy.deposit)),
    policy.late_cancel_fee && say.policy.lateFee(moneyText(policy.late_cancel_fee)),
    policy.no_show_fee && say.policy.noShowFee(moneyText(policy.no_show_fee)),
    policy.requires_entitlement && say.policy.onlyWithPass,
    ...limits.map(([name, limit]) =>
      say.policy.limits[name](name === 'cooldown_minutes' ? minutesText(limit) : limit),
    ),
  ].filter(sentence => typeof sentence === 'string')
}

export function policyForm(policy: Policy, currency: string): Html {
  const { notice_minutes, cancel_cutoff_minutes, window_days, slot_interval_minutes: interval } = policy
  return html`${spanFields('notice', say.policy.fields.notice, notice_minutes)}
${spanFields('cutoff', say.policy.fields.cutoff, cancel_cutoff_minutes)}
${field('window', say.policy.fields.window, String(window_days), { type: 'number', required: true })}
${field('interval', say.policy.fields.interval, interval ? String(interval) : '', { type: 'number', hint: say.policy.fields.intervalHint })}
${choice('confirmation', say.policy.fields.confirmation, Object.entries(say.policy.confirmations), policy.requires_confirmation ? 'each' : 'none')}
${charges.map(name => field(name, say.policy.fields[name](currency), policy[name] ? amountText(policy[name]) : '', { hint: say.policy.fields.chargeHint }))}`
}

const charges = ['deposit', 'late_cancel_fee', 'no_show_fee'] as const

/** A number and its unit, so that what was set in minutes is read as it was said. */
function spanFields(name: string, title: string, minutes: number): Html {
  const { unit, count } = largestUnit(minutes)
  const units = Object.entries(say.policy.unitNames)
  return html`<fieldset class="pair"><legend>${title}</legend>
${field(name, say.policy.fields.count, String(count), { type: 'number', required: true })}
${choice(`${name}_unit`, say.policy.fields.unit, units, unit)}
</fieldset>`
}

/** @throws Refusal `invalid_input` */
export function policyIn({ workspace }: Visit, form: Record<string, string>): Partial<Policy> {
  const { interval = '', window } = form
  const charged = charges.map(name => [
    name,
    form[name]?.trim() ? amountOf(form[name], workspace.currency) : null,
  ])
  return {
    notice_minutes: spanIn(form, 'notice'),
    cancel_cutoff_minutes: spanIn(form, 'cutoff'),
    window_days: whole(window, say.policy.fields.window),
    slot_interval_minutes: interval.trim() ? whole(interval, say.policy.fields.interval) : null,
    requires_confirmation: form.confirmation === 'each',
    ...Object.fromEntries(charged),
  }
}

function spanIn(form: Record<string, string>, name: 'notice' | 'cutoff'): number {
  const unit = form[`${name}_unit`] ?? ''
  return whole(form[name], say.policy.fields[name]) * (unit in perUnit ? perUnit[unit as Unit] : 1)
}
