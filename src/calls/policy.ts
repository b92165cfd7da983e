/** What a workspace asks of its callers: which tool, above which amount or audience, needs what, decided by whom. */

import type { Effect, Gate, Tool } from '../catalog/define.ts'
import { gates } from '../catalog/define.ts'

export interface PolicyRule {
  tool: string
  gate: Gate
  /** The rule holds only for calls that move more than this. */
  amount_over?: { amount: number; currency: string }
  /** The rule holds only for calls that reach more people than this. */
  recipients_over?: number
  /** The rule holds only for messages made from this template, unedited, at this version: `booking_confirmation@2`. */
  template?: string
  /** The rule holds only for calls made between these, on the workspace's clock; past midnight where `to` is the earlier. */
  hours?: { from: string; to: string }
  /** Least role that decides. */
  reviewers: 'admin' | 'owner'
  /** How long an approval waits, in workspace time. */
  expires_after_minutes: number
}

export interface Requirement {
  gate: Gate
  reviewers: 'admin' | 'owner'
  expiresAfterMinutes: number
}

/** Three days: over a weekend, and no longer than a memory of why it was asked. */
const DEFAULT_MINUTES = 72 * 60

/**
 * The gate of a call that turned out to have these effects. The workspace's plain rule for the tool replaces
 * what the tool and its effects ask; one for these hours goes before it, and one for the very template that is sent
 * before both; rules with a threshold only add. Nothing lets a destructive tool through without a preview, nor lowers
 * a tool whose gate is fixed.
 * @param at when the call was made, on the workspace's clock: `21:30`
 */
export function requirementOf(tool: Tool, effects: Effect[], rules: PolicyRule[], at: string): Requirement {
  const own = rules.filter(
    ({ tool: name, template, hours }) =>
      name === tool.name &&
      (template === undefined || isSentFrom(template, effects)) &&
      (hours === undefined || isWithin(hours, at)),
  )
  const plains = own.filter(rule => !hasThreshold(rule))
  const plain = plains.toSorted((one, other) => precision(other) - precision(one))[0]
  const exceeded = own.filter(rule => hasThreshold(rule) && effects.some(effect => exceeds(effect, rule)))
  const declared = strictest([tool.gate ?? 'allow', ...effects.map(effect => effect.gate)])
  const gate = strictest([floorOf(tool), plain?.gate ?? declared, ...exceeded.map(rule => rule.gate)])
  const applied = plain ? [plain, ...exceeded] : exceeded
  return {
    gate,
    reviewers: applied.some(rule => rule.reviewers === 'owner') ? 'owner' : 'admin',
    expiresAfterMinutes: Math.min(...applied.map(rule => rule.expires_after_minutes), DEFAULT_MINUTES),
  }
}

/** A rule that says more exactly what it is for goes first; of two alike, the one written first. */
function precision({ template, hours }: PolicyRule): number {
  return (template === undefined ? 0 : 2) + (hours === undefined ? 0 : 1)
}

/** Without its end; times of one form compare as text. */
function isWithin({ from, to }: { from: string; to: string }, at: string): boolean {
  return from < to ? from <= at && at < to : from <= at || at < to
}

/** All that the call does is to send this. */
function isSentFrom(template: string, effects: Effect[]): boolean {
  return effects.length > 0 && effects.every(effect => effect.kind === 'send' && effect.template === template)
}

export function strictest(some: Gate[]): Gate {
  return gates[Math.max(...some.map(gate => gates.indexOf(gate)))] ?? 'allow'
}

function floorOf(tool: Tool): Gate {
  if (tool.gateIsFixed) return tool.gate ?? 'allow'
  return tool.effect === 'destroy' && tool.gate ? 'confirm' : 'allow'
}

function hasThreshold(rule: PolicyRule): boolean {
  return rule.amount_over !== undefined || rule.recipients_over !== undefined
}

/** An amount in another currency cannot be compared, so it counts as more. */
function exceeds(effect: Effect, rule: PolicyRule): boolean {
  const { amount_over: limit, recipients_over: people } = rule
  const tooMuch =
    limit !== undefined &&
    effect.amount !== undefined &&
    (effect.amount.currency !== limit.currency || effect.amount.amount > limit.amount)
  const tooMany = people !== undefined && (effect.recipients ?? 0) > people
  return tooMuch || tooMany
}
