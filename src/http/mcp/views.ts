/**
 * What each MCP URL shows. A list depends on the URL and the caller's authority alone, in the catalog's order:
 *
 *   /mcp                           the everyday tools; every other one can be called, once search has named it
 *   /mcp/all                       every tool
 *   /mcp/x/<toolset>[,<toolset>]   whole toolsets, and no other tool
 *   …/readonly                     the reading half of any of these, and no writing
 */

import { closest } from 'fastest-levenshtein'
import { hasRole, type Principal } from '../../access/principal.ts'
import type { Catalog, Entry, Listing } from '../../catalog/catalog.ts'
import { domains } from '../../catalog/define.ts'
import { Refusal } from '../../catalog/refusal.ts'

export interface View {
  /** Whether the tool can be called at this URL. */
  offers(entry: Entry): boolean
  /**
   * What the caller may call of what the URL shows. Filtered each time: that takes 30 µs for 270 tools, of the 4 ms
   * in which they are written as JSON. What costs more, the tools' schemas, is made once at boot.
   */
  list(principal: Principal): Listing[]
}

/** @throws Refusal `not_found` for a path that is no view; it names the toolsets there are. */
export function viewAt(catalog: Catalog, path: string): View {
  const steps = path.split('/').slice(2).filter(Boolean)
  const isReadOnly = steps.at(-1) === 'readonly'
  if (isReadOnly) steps.pop()
  const isWithin = toolsOf(steps)
  const isShown = (entry: Entry) =>
    steps.length === 0 ? catalog.everyday.has(entry.tool.name) : isWithin(entry)
  const offers = (entry: Entry) =>
    (isWithin(entry) || isOpen(entry)) && !(isReadOnly && entry.tool.effect !== 'read')

  // Whoever has a few calls and no others, and no search to find them by, is shown them all.
  const isTheirs = ({ tool }: Entry, { only }: Principal) =>
    only !== undefined && Object.hasOwn(only, tool.name)
  const listed = (entry: Entry) => (steps.length === 0 ? entry.brief : entry.listing)

  const list = (principal: Principal) => {
    const isListed =
      principal.kind === 'anonymous'
        ? isOpen
        : (entry: Entry) =>
            (isShown(entry) || (steps.length === 0 && isTheirs(entry, principal))) &&
            mayCall(principal, entry)
    return catalog.entries.filter(entry => offers(entry) && isListed(entry)).map(listed)
  }
  return { offers, list }
}

function toolsOf([kind, names, ...rest]: string[]): (entry: Entry) => boolean {
  if (kind === undefined || (kind === 'all' && names === undefined)) return () => true
  if (kind === 'x' && names !== undefined && rest.length === 0) {
    const toolsets = new Set(decodeURIComponent(names).split(','))
    for (const name of toolsets) refuseUnknown(name)
    return entry => toolsets.has(entry.tool.domain)
  }
  throw new Refusal('not_found', 'MCP is at /mcp, /mcp/all and /mcp/x/<toolset>, each also with /readonly.', {
    toolsets: domains,
  })
}

function refuseUnknown(name: string): void {
  if (domains.some(domain => domain === name)) return
  const nearest = closest(name.slice(0, 60), [...domains])
  throw new Refusal('not_found', `There is no such toolset. Did you mean ${nearest}?`, { toolsets: domains })
}

/** Shown to nobody, at every URL: the ways in, and the tool whose anonymous call is the 401 that starts a sign-in. */
function isOpen({ tool }: Entry): boolean {
  return tool.role === 'nobody' || tool.name === 'get_current_context'
}

function mayCall({ kind, role, scopes, only }: Principal, { tool, scope }: Entry): boolean {
  if (tool.by && tool.by !== kind) return false
  if (only) return Object.hasOwn(only, tool.name)
  if (tool.role === 'nobody') return true
  // Its target's scope applies, not its own: whoever may write anything may call the tool that writes.
  if (tool.forwards) return [...scopes].some(held => held.endsWith(`:${tool.forwards}`))
  return scopes.has(scope) && hasRole(role, tool.role)
}
