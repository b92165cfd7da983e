/** What each rule found about a booking that is asked for, and which finding speaks where several refuse. */

import { Refusal, type RefusalCode } from '../../catalog/refusal.ts'

export interface Finding {
  /** The rule's name, for a person or an agent who reads a trace. */
  rule: string
  /** What is answered where it does not pass. */
  code: RefusalCode
  passed: boolean
  because: string
  /** Facts a program can act on; instants as on every surface. */
  details: Record<string, unknown>
}

/** What refuses a place: a caller is told the first of these that applies. Rules of customers stand before what is free. */
export const placeRefusals = [
  'not_found',
  'outside_hours',
  'outside_booking_window',
  'min_notice',
  'customer_blocked',
  'cooldown',
  'on_hand_limit',
  'period_limit',
  'customer_overlap',
  'no_entitlement',
  'slot_conflict',
] as const satisfies RefusalCode[]

const precedence: readonly RefusalCode[] = placeRefusals

/** Sorts findings of several sources into one trace; those of one code keep their order. */
export function inPrecedence(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code))
}

/** @throws what the first rule that does not pass answers */
export function refuseFirst(findings: Finding[]): void {
  const first = inPrecedence(findings).find(({ passed }) => !passed)
  if (!first) return
  throw new Refusal(first.code, first.because, { rule: first.rule, ...first.details }, [
    'explain_unavailability',
    'get_available_slots',
  ])
}
