/** What an approval has come to, in words for people. */

import type { StoredState } from '../../calls/approval-states.ts'
import type { Obstacle } from '../../calls/review-desk.ts'
import type { Effect } from '../../catalog/define.ts'
import type { IdKind } from '../../catalog/kinds.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { say } from '../texts/index.ts'

export function stateBadge(state: StoredState): Html {
  const { word, look } = states[state]
  return html`<span class="badge ${look}">${word}</span>`
}

/** A badge's word and look, and the sentence that says what became of it. */
export const states: Record<StoredState, { word: string; look: string; sentence: string }> =
  say.approval.states

/** Why approving would do nothing, and what has changed by its kind: `The message and the booking have changed …`. */
export function obstacleText({ why, changed }: Obstacle): string {
  if (why !== 'changed') return say.approval.obstacles[why]
  const kinds = [...new Set(changed.map(id => say.things[id.split('_')[0] as IdKind]))]
  return say.approval.obstacles.changed(kinds.includes(undefined as never) ? [] : kinds)
}

/** What it does beyond the records: `Sends a message to 12 people`. */
export function effectText({ kind, amount, recipients }: Effect): string {
  const what = say.approval.effects[kind]
  const howMuch = amount ? ` ${moneyText(amount)}` : ''
  const toWhom = recipients === undefined ? '' : say.approval.people(recipients)
  return `${what}${howMuch}${toWhom}`
}
