/** What an approval has come to, in words for people. */

import type { StoredState } from '../../calls/approval-states.ts'
import type { Obstacle } from '../../calls/review-desk.ts'
import type { Effect } from '../../catalog/define.ts'
import { type IdKind, idKinds } from '../../catalog/kinds.ts'
import { moneyText } from '../../domain/money/text.ts'
import { type Html, html } from '../pages/html.ts'

export function stateBadge(state: StoredState): Html {
  const { word, look } = states[state]
  return html`<span class="badge ${look}">${word}</span>`
}

/** A badge's word and look, and the sentence that says what became of it. */
export const states: Record<StoredState, { word: string; look: string; sentence: string }> = {
  pending: { word: 'Waiting', look: 'asks', sentence: 'Nothing has been done yet.' },
  executed: { word: 'Done', look: 'reads', sentence: 'It was approved, and it was done.' },
  failed: { word: 'Failed', look: 'destroys', sentence: 'It was approved, but could not be done.' },
  rejected: { word: 'Rejected', look: 'destroys', sentence: 'It was rejected. Nothing was done.' },
  withdrawn: { word: 'Withdrawn', look: '', sentence: 'Whoever asked took it back. Nothing was done.' },
  expired: { word: 'Expired', look: '', sentence: 'Nobody decided in time. Nothing was done.' },
  stale: {
    word: 'Overtaken',
    look: '',
    sentence: 'It was approved, but something had changed since it was asked. Nothing was done.',
  },
}

/** Why approving would do nothing, and what has changed by its kind: `The message and the booking have changed …`. */
export function obstacleText({ why, changed }: Obstacle): string {
  if (why === 'asker_gone') return 'Whoever asked may no longer do this, so approving it would do nothing.'
  if (why === 'tool_gone') return 'This can no longer be done here, so approving it would do nothing.'
  const kinds = [...new Set(changed.map(id => idKinds[id.split('_')[0] as IdKind]))]
  const known = kinds.length > 0 && !kinds.includes(undefined as never)
  const what = known
    ? listed.format(kinds.map((kind, at) => `${at === 0 ? 'The' : 'the'} ${kind}`))
    : 'Something this rests on'
  const verb = known && kinds.length > 1 ? 'have' : 'has'
  return `${what} ${verb} changed since it was asked, so approving it would do nothing. Whoever asked can ask again, with how things are now.`
}

const listed = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** What it does beyond the records: `Sends a message to 12 people`. */
export function effectText({ kind, amount, recipients }: Effect): string {
  const what = effectWords[kind]
  const howMuch = amount ? ` ${moneyText(amount)}` : ''
  const toWhom = recipients === undefined ? '' : ` to ${recipients} ${recipients === 1 ? 'person' : 'people'}`
  return `${what}${howMuch}${toWhom}`
}

const effectWords: Record<Effect['kind'], string> = {
  send: 'Sends a message',
  charge: 'Charges',
  refund: 'Refunds',
  credit: 'Credits',
  erase: 'Erases for good',
}
