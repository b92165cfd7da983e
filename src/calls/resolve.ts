/** Before step 1. Finds the tool; `run_read_tool` and `run_write_tool` stand for the one they name. */

import { closest } from 'fastest-levenshtein'
import type { Catalog, Entry } from '../catalog/catalog.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { CallRequest } from './call.ts'
import { parseArguments } from './parse.ts'

export interface ResolvedRequest extends CallRequest {
  /** The forwarding tool through which the call came. */
  via?: string
}

/** The entry that will run, and the request with that entry's name and arguments. */
export function resolve(catalog: Catalog, request: CallRequest): { entry: Entry; request: ResolvedRequest } {
  const entry = entryNamed(catalog, request.tool)
  const { forwards } = entry.tool
  if (!forwards) return { entry, request }

  const { input } = parseArguments(entry, request.arguments)
  const target = entryNamed(catalog, input.tool as string)
  if (target.tool.forwards) {
    throw new Refusal('invalid_input', `${entry.tool.name} calls no other run_ tool; name the tool itself.`, {
      tool: input.tool,
    })
  }
  const fits = (forwards === 'read') === (target.tool.effect === 'read')
  if (!fits) {
    const other = forwards === 'read' ? 'run_write_tool' : 'run_read_tool'
    const what = forwards === 'read' ? 'writes' : 'only reads'
    throw new Refusal(
      'invalid_input',
      `${target.tool.name} ${what}: call it with ${other}.`,
      { tool: target.tool.name },
      [other],
    )
  }
  return {
    entry: target,
    request: { ...request, tool: target.tool.name, arguments: input.arguments, via: entry.tool.name },
  }
}

function entryNamed(catalog: Catalog, name: string): Entry {
  const entry = catalog.get(name)
  if (entry) return entry
  const nearest = closest(
    name.slice(0, 64),
    catalog.entries.map(({ tool }) => tool.name),
  )
  throw new Refusal(
    'not_found',
    `There is no tool of that name. The nearest is ${nearest}.`,
    { kind: 'tool', nearest },
    ['search_tools'],
  )
}
