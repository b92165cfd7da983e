/** What a workspace asks of its callers: which tool, above which amount or audience, needs what, decided by whom. */

import type { Effect, Gate, Tool } from '../catalog/define.ts'
import { gates } from '../catalog/define.ts'

export interface PolicyRule {
  tool: string
  /** Above a threshold never `allow`: such a rule only adds. */
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
 * before both; of two that say when alike, the stricter. Rules with a threshold only add, and so do those of the tool
 * that is for a part of what it does: a cancellation that would refund is gated as a refund. Nothing lets a
 * destructive tool through without a preview, nor lowers a tool whose gate is fixed.
 * @param at when the call was made, on the workspace's clock: `21:30`
 */
export function requirementOf(tool: Tool, effects: Effect[], rules: PolicyRule[], at: string): Requirement {
  const own = rulesFor(tool.name, effects, rules, at)
  const parts = partsOf(tool, effects).flatMap(([name, some]) => rulesFor(name, some, rules, at).applied)
  const declared = strictest([tool.gate ?? 'allow', ...effects.map(effect => effect.gate)])
  const applied = [...own.applied, ...parts]
  const beside = [...own.exceeded, ...parts].map(rule => rule.gate)
  const isOwners = tool.gateIsFixed ? rules.some(byOwner) : applied.some(byOwner)
  return {
    gate: strictest([floorOf(tool), own.plain?.gate ?? declared, ...beside]),
    reviewers: isOwners ? 'owner' : 'admin',
    expiresAfterMinutes:
      applied.length > 0 ? Math.min(...applied.map(rule => rule.expires_after_minutes)) : DEFAULT_MINUTES,
  }
}

/** While anything is left to an owner, so is a change of the policy: else an admin would first let themselves. */
function byOwner({ reviewers }: PolicyRule): boolean {
  return reviewers === 'owner'
}

interface Applied {
  /** The strictest gate of the plain rules that say most exactly what they are for; absent where there is none. */
  plain: { gate: Gate } | undefined
  exceeded: PolicyRule[]
  /** All of them that have a say. */
  applied: PolicyRule[]
}

function rulesFor(name: string, effects: Effect[], rules: PolicyRule[], at: string): Applied {
  const own = rules.filter(
    ({ tool, template, hours }) =>
      tool === name &&
      (template === undefined || isSentFrom(template, effects)) &&
      (hours === undefined || isWithin(hours, at)),
  )
  const plains = own.filter(rule => !hasThreshold(rule))
  const most = Math.max(...plains.map(precision))
  const exact = plains.filter(rule => precision(rule) === most)
  const exceeded = own.filter(rule => exceeds(effects, rule))
  const plain = exact.length > 0 ? { gate: strictest(exact.map(({ gate }) => gate)) } : undefined
  return { plain, exceeded, applied: [...exact, ...exceeded] }
}

/** The tool that does this and nothing else. */
const toolFor: Partial<Record<Effect['kind'], string>> = {
  send: 'send_message',
  charge: 'charge_saved_method',
  refund: 'refund_payment',
}

/** What a call does of what another tool is for, where it asks for what that tool asks: a fee that is only noted does not. */
function partsOf({ name }: Tool, effects: Effect[]): [tool: string, effects: Effect[]][] {
  const parts = Map.groupBy(
    effects.filter(({ gate }) => gate === 'approve'),
    ({ kind }) => toolFor[kind] ?? name,
  )
  parts.delete(name)
  return [...parts]
}

function precision({ template, hours }: PolicyRule): number {
  return (template === undefined ? 0 : 2) + (hours === undefined ? 0 : 1)
}

/** Without its end; times of one form compare as text. */
function isWithin({ from, to }: { from: string; to: string }, at: string): boolean {
  return from < to ? from <= at && at < to : from <= at || at < to
}

/** All that the call does is to send this. */
function isSentFrom(template: string, effects: Effect[]): boolean {
  return effects.length > 0 && effects.every(effect => effect.template === template)
}

export function strictest(some: Gate[]): Gate {
  return gates[Math.max(...some.map(gate => gates.indexOf(gate)))] ?? 'allow'
}

function floorOf(tool: Tool): Gate {
  if (tool.gateIsFixed) return tool.gate ?? 'allow'
  return tool.effect === 'destroy' && tool.gate ? 'confirm' : 'allow'
}

export function hasThreshold(rule: PolicyRule): boolean {
  return rule.amount_over !== undefined || rule.recipients_over !== undefined
}

/**
 * By all that it does of a kind: ten small refunds are a large one. An amount in another currency cannot be compared, so
 * it counts as more. A rule without a threshold is not exceeded.
 */
function exceeds(effects: Effect[], { amount_over: limit, recipients_over: people }: PolicyRule): boolean {
  return [...Map.groupBy(effects, ({ kind }) => kind).values()].some(alike => {
    const amounts = alike.flatMap(({ amount }) => amount ?? [])
    const moved = amounts.reduce((total, { amount }) => total + amount, 0)
    const reached = alike.reduce((total, { recipients = 0 }) => total + recipients, 0)
    const tooMuch =
      limit !== undefined &&
      (amounts.some(({ currency }) => currency !== limit.currency) || moved > limit.amount)
    return tooMuch || (people !== undefined && reached > people)
  })
}
