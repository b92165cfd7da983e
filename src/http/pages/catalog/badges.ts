/** What a tool will do, in badges: MCP's four hints and the gate. */

import { annotationsOf, type Gate, type Tool } from '../../../catalog/define.ts'
import { type Html, html } from '../html.ts'

/** Effect and gate stand out; the hints that are the same for most tools are said quietly. */
export function badgesOf(tool: Tool): Html {
  const { idempotentHint, openWorldHint } = annotationsOf(tool)
  const { style, word } = effects[tool.effect]
  const gate = gateOf(tool)
  return html`<ul class="badges"><li class="badge ${style}">${word}</li>${
    gate !== 'allow' && html`<li class="badge asks">${gateWords[gate]}</li>`
  }${openWorldHint && html`<li class="badge">Reaches outside</li>`}${
    idempotentHint && html`<li class="badge plain">Safe to repeat</li>`
  }</ul>`
}

export function gateOf(tool: Tool): Gate {
  return tool.gate ?? 'allow'
}

export const effects = {
  read: { style: 'reads', word: 'Reads', meaning: 'It changes nothing.' },
  write: { style: 'writes', word: 'Writes', meaning: 'It adds or changes something.' },
  destroy: {
    style: 'destroys',
    word: 'Destructive',
    meaning: 'It takes something away, or cannot be undone.',
  },
} as const

export const gateWords: Record<Gate, string> = {
  allow: 'Runs at once',
  confirm: 'Previews first',
  approve: 'A person approves',
}
