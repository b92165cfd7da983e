/** What a tool will do, in badges: MCP's four hints and the gate. */

import { annotationsOf, type Gate, type Tool } from '../../../catalog/define.ts'
import { say } from '../../texts/index.ts'
import { type Html, html } from '../html.ts'

/** Effect and gate stand out; the hints that are the same for most tools are said quietly. */
export function badgesOf(tool: Tool): Html {
  const { idempotentHint, openWorldHint } = annotationsOf(tool)
  const { effects, gates, reachesOutside, safeToRepeat } = say.catalog
  const gate = gateOf(tool)
  return html`<ul class="badges"><li class="badge ${looks[tool.effect]}">${effects[tool.effect].word}</li>${
    gate !== 'allow' && html`<li class="badge asks">${gates[gate].word}</li>`
  }${openWorldHint && html`<li class="badge">${reachesOutside}</li>`}${
    idempotentHint && html`<li class="badge plain">${safeToRepeat}</li>`
  }</ul>`
}

export function gateOf(tool: Tool): Gate {
  return tool.gate ?? 'allow'
}

const looks: Record<Tool['effect'], string> = { read: 'reads', write: 'writes', destroy: 'destroys' }
