/** The catalog on a terminal: which tools there are, and the contract of one. */

import { type Contract, contractOf, type Desk, readCatalog, searchCatalog } from './desk.ts'
import { flagsOf } from './fields.ts'
import { type Exit, exits } from './outcome.ts'
import { jsonText, note, say, table, visible } from './terminal.ts'

export interface Wanted {
  domain?: string
  search?: string
  /** Names alone, for a shell's completion. */
  names?: boolean
}

export async function listTools(desk: Desk, { domain, search, names }: Wanted, json: boolean): Promise<Exit> {
  const tools = search ? await searchCatalog(desk, { q: search, domain }) : (await readCatalog(desk)).tools
  const shown = tools.filter(tool => !domain || tool.domain === domain)
  if (names) {
    // A shell expands the words of a completion: what is no plain name never reaches it.
    for (const { name } of shown) if (/^[a-z][a-z0-9_]{0,63}$/.test(name)) say(name)
  } else if (json) {
    say(jsonText(shown.map(({ input_schema: _, ...tool }) => ({ ...tool, output_schema: undefined }))))
  } else if (shown.length === 0) {
    const known = [...new Set(tools.map(tool => tool.domain))].map(visible).join(', ')
    note(domain && known ? `No tool of ${visible(domain)}. There are: ${known}.` : 'No tool fits.')
  } else {
    for (const line of table(shown.map(rowOf))) say(line)
  }
  return exits.done
}

function rowOf({ name, title, effect, gate }: Contract): string[] {
  return [visible(name), visible(gate === 'allow' ? effect : `${effect}, ${gate}`), visible(title)]
}

export async function describeTool(desk: Desk, name: string, json: boolean): Promise<Exit> {
  return describe(await contractOf(desk, name), json)
}

export function describe(contract: Contract, json: boolean): Exit {
  if (json) {
    say(jsonText(contract))
    return exits.done
  }
  const { name, title, description, effect, gate, scope, role, route, input_schema } = contract
  say(`${visible(name)}: ${visible(title)}`)
  say('')
  say(visible(description))
  say('')
  const facts = [
    ['Effect', effect],
    ['Gate', gateWords[gate] ?? gate],
    ['Scope', role === 'nobody' ? 'none needed' : `${scope}, role ${role}`],
    ['REST', route],
  ]
  for (const line of table(facts.map(row => row.map(visible)))) say(line)
  const flags = flagsOf(input_schema).filter(flag => !steering.includes(flag.name))
  if (flags.length > 0) say('\nFields')
  const rows = flags.map(flag => [
    `  --${flag.name}`,
    `${flag.type}${flag.required ? ', required' : ''}`,
    flag.description,
  ])
  for (const line of table(rows.map(row => row.map(visible)))) say(line)
  return exits.done
}

const gateWords = {
  allow: 'runs at once',
  confirm: 'previews first; --yes confirms',
  approve: 'waits for a person; --wait waits with it',
}

/** Flags of their own: --idempotency-key, --dry-run, --confirm-token. */
const steering = ['idempotency_key', 'dry_run', 'confirm_token']
