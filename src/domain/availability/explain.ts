/**
 * Whether one start can be booked, rule by rule. Explaining lists what every rule found; creating and moving a
 * booking refuse with the first that does not pass, so the two cannot disagree.
 */

import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Finding } from './findings.ts'
import { durationOf, type PersonPlan, type Plan } from './plan.ts'
import { shortagesOf } from './pools.ts'
import { type Attempt, attemptOf, type PersonRule, rules, type Verdict } from './rules.ts'

/** Asked for instead of a person's id, where anybody will do. */
export const ANY = 'any'

/**
 * What every rule found, in the order of precedence.
 * @param who a person's id, or `any`: a rule then passes where it leaves somebody of those the rules before it left
 * @param end where the service takes another time than planned; after `start`
 * @throws not_found where the plan has no such person
 */
export function explain(plan: Plan, who: string, start: number, end?: number): Finding[] {
  const shortages = shortagesOf(plan)
  let left = peopleOf(plan, who).map(person =>
    attemptOf(plan, person, { start, end: end ?? start + durationOf(plan, person) }, shortages),
  )
  return rules.map(rule => {
    const { rule: name, code } = rule
    if ('judge' in rule) return { rule: name, code, ...rule.judge(plan, start) }
    const judged = left.map(attempt => ({ attempt, verdict: rule.judgePerson(attempt) }))
    const passing = judged.filter(({ verdict }) => verdict.passed)
    if (passing.length > 0) left = passing.map(({ attempt }) => attempt)
    return { rule: name, code, ...(who === ANY ? verdictOfAll(rule, judged) : judged[0]!.verdict) }
  })
}

/** The rules that a start does not meet, the one to answer with first. Empty where it can be booked. */
export function checkStart(plan: Plan, who: string, start: number, end?: number): Finding[] {
  return explain(plan, who, start, end).filter(({ passed }) => !passed)
}

export function nobodyPerforms(): Refusal {
  return new Refusal('not_found', 'Nobody at this location performs this service.', { kind: 'staff' }, [
    'set_staff_services',
  ])
}

function peopleOf(plan: Plan, who: string): PersonPlan[] {
  if (who === ANY) return plan.staff
  const person = plan.staff.find(({ id }) => id === who)
  if (!person) throw notFound('staff')
  return [person]
}

/** An answer names no more than these: agents pay for every word. */
const MOST_NAMED = 10

function verdictOfAll(rule: PersonRule, judged: { attempt: Attempt; verdict: Verdict }[]): Verdict {
  const failing = judged.filter(({ verdict }) => !verdict.passed)
  const passing = judged.length - failing.length
  if (rule.nobody === undefined && failing[0] && passing === 0) return failing[0].verdict
  return {
    passed: passing > 0,
    because: passing > 0 ? `True of ${passing} of ${judged.length} people.` : rule.nobody!,
    details: {
      staff: failing.slice(0, MOST_NAMED).map(({ attempt, verdict }) => ({
        id: attempt.person.id,
        because: verdict.because,
        details: verdict.details,
      })),
    },
  }
}
