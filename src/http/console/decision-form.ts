/**
 * A person's decision: a note, the words that they may change, and two buttons that stay in reach on a phone. It is a
 * plain form; what it sends is read here too, so that a field that was left as it was is no edit.
 */

import type { Decision } from '../../calls/decide.ts'
import { foundIn } from '../../calls/edits.ts'
import type { Obstacle, Reviewed } from '../../calls/review-desk.ts'
import { Text } from '../../catalog/kinds.ts'
import type { Form } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { PageRefusal } from '../pages/language.ts'
import { weightOf } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { textArea } from './kit.ts'
import type { Letter } from './letter.ts'
import { pathOf } from './queue-page.ts'
import { label } from './words.ts'

type Shown = Reviewed & { obstacle: Obstacle | null }

/** A decision that was refused. */
export interface Tried {
  problem: Html
  form: Form
}

/** Both buttons send this one form, so that a note and an edit are there for either. */
export function decisionForm(
  approval: Shown,
  letter: Letter | null,
  { tried, rewords }: { tried?: Tried; rewords: boolean },
): Html {
  if (!approval.mayDecide) {
    return html`<p class="notice">${say.approval.readOnly(say.queue.reviewers[approval.reviewers])}</p>
${approval.isOwn && withdrawal(approval)}`
  }
  const fields = approval.obstacle ? [] : editableIn(approval)
  return html`<h2>${say.approval.decision}</h2>
<form class="card decision" id="decision" method="post" action="${pathOf(approval)}/approve">
${noEnter}
${fields.length > 0 && (rewords || !isLong(fields) ? edits(approval, fields, letter !== null && !rewords, tried) : elsewhere(approval))}
${textArea('note', say.approval.note, tried?.form.note ?? '', 2)}
</form>`
}

/** Whether the page is there for the words alone: as long as they may be, they would be on it twice. */
export function isToReword(approval: Shown, { tried, edit }: { tried?: Tried; edit?: boolean }): boolean {
  const fields = approval.mayDecide && !approval.obstacle ? editableIn(approval) : []
  const wasEdited =
    tried !== undefined && decisionIn({ ...tried.form, note: '' }, approval).edits !== undefined
  return approval.state === 'pending' && isLong(fields) && (edit === true || wasEdited)
}

function isLong(fields: ReturnType<typeof editableIn>): boolean {
  return weightOf(html`${fields.map(({ text }) => text)}`) > LONG
}
const LONG = 16_000

function elsewhere(approval: Reviewed): Html {
  return html`<p><a href="${pathOf(approval)}?edit=1">${say.approval.reword}</a></p>`
}

/** Whoever may not decide on what they asked can take it back. */
function withdrawal(approval: Shown): Html {
  return html`<form class="actions" method="post" action="${pathOf(approval)}/withdraw">
<button>${say.approval.withdraw}</button>
<p class="quiet">${say.approval.withdrawMore}</p>
</form>`
}

/** Outside the form, since what is to stay at the bottom of the window must lie beside what is long. */
export function decisionBar(
  { mayDecide, obstacle, ...approval }: Shown,
  letter: Letter | null,
): Html | false {
  return (
    mayDecide &&
    html`<div class="verdict">
${!obstacle && html`<button class="primary" form="decision">${letter ? say.approval.send : say.approval.approve}</button>`}
<button class="danger" form="decision" formaction="${pathOf(approval)}/reject">${say.approval.reject}</button>
</div>`
  )
}

/** A note; and of an approval the fields whose words are others than the page had put in the form. */
export function decisionIn(form: Form, approval: Reviewed | null): Pick<Decision, 'note' | 'edits'> {
  const note = Note.safeParse(form.note)
  if (!note.success) throw new PageRefusal('invalid_input', say.approval.noteTooLong)
  const changed = (approval ? editableIn(approval) : []).filter(({ name, text }) => {
    const sent = form[`edit.${name}`]
    return sent !== undefined && sent !== asSent(text)
  })
  const edits = Object.fromEntries(changed.map(({ name }) => [name, form[`edit.${name}`]]))
  return { note: note.data || undefined, ...(changed.length > 0 && { edits }) }
}

const Note = Text(1000, 0).optional()

/** The words that a reviewer may change, as they are. */
function editableIn(approval: Reviewed): { name: string; text: string }[] {
  return approval.editable.flatMap(name => {
    const text = foundIn(approval, name)
    return typeof text === 'string' ? [{ name, text }] : []
  })
}

/** Of three ways to break a line, a form knows one (HTML, 4.10.21.4), which `form.ts` reads as a line feed. */
function asSent(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

/** Of a message, behind a word, since its card shows it already. */
function edits(
  approval: Reviewed,
  fields: ReturnType<typeof editableIn>,
  folded: boolean,
  tried?: Tried,
): Html {
  const inputs = fields.map(({ name, text }) => {
    const value = tried?.form[`edit.${name}`] ?? text
    return name === 'subject' && !/[\r\n]/.test(value)
      ? line(`edit.${name}`, label(name), value)
      : textArea(`edit.${name}`, folded ? label(name) : say.approval.editable(label(name)), value, 4)
  })
  if (!folded) return html`${inputs}`
  const isOpen = tried !== undefined && decisionIn({ ...tried.form, note: '' }, approval).edits !== undefined
  return html`<details class="edits"${isOpen && html` open`}>
<summary>${say.approval.reword}</summary>
<div class="fields">${inputs}</div>
</details>`
}

function line(name: string, title: Html, text: string): Html {
  return html`<div class="field">
<label for="${name}">${title}</label>
<input id="${name}" name="${name}" value="${text}" dir="auto">
</div>
`
}

/** Enter in a line of text presses a form's first button (HTML, 4.10.21.2): one that does nothing, not Approve. */
const noEnter = html`<button disabled hidden></button>`
