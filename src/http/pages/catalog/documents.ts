/** The catalog for programs: `/catalog.json`, and `/llms.txt` as llmstxt.org describes it. */

import manifest from '../../../../package.json' with { type: 'json' }
import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import { annotationsOf } from '../../../catalog/define.ts'
import { gateOf } from './badges.ts'
import { usedDomains } from './filter.ts'
import { firstSentence } from './prose.ts'

/** @param entries which of the catalog's */
export function catalogJson(entries: readonly Entry[], publicUrl: string): string {
  return JSON.stringify({
    name: 'Backdesk',
    version: manifest.version,
    mcp: `${publicUrl}/mcp`,
    openapi: `${publicUrl}/v1/openapi.json`,
    tools: entries.map(entry => toolJson(entry, publicUrl)),
  })
}

function toolJson({ tool, scope, inputSchema, outputSchema }: Entry, publicUrl: string) {
  const { name, title, description, domain, effect, role, route } = tool
  return {
    name,
    title,
    description,
    url: `${publicUrl}/catalog/${name}`,
    domain,
    effect,
    annotations: annotationsOf(tool),
    gate: gateOf(tool),
    role,
    scope,
    route,
    input_schema: inputSchema,
    output_schema: outputSchema,
  }
}

export function llmsText({ entries }: Catalog, publicUrl: string): string {
  return `# Backdesk

> A headless backend for service businesses: customers, bookings, hours, and who may do what, as ${entries.length} typed tools over MCP and REST. Every call says what it will do before it does it, is safe to retry, and answers errors that say what to do next.

To begin without a key, connect to the MCP URL and call register_organisation_request with an email, then register_organisation_verify with the six-digit code. The answer holds an API key, once; send it as \`Authorization: Bearer\`. Writes take an \`idempotency_key\`; \`dry_run: true\` previews. claude.ai connectors take the MCP URL alone: they sign in by OAuth.

## Start

- [Connect](${publicUrl}/connect): Claude Code, Cursor, VS Code and any other MCP client
- [MCP, everyday tools](${publicUrl}/mcp): streamable HTTP; search_tools finds the rest
- [MCP, every tool](${publicUrl}/mcp/all): also /mcp/x/bookings,customers for whole domains, each with /readonly
- [OpenAPI 3.1](${publicUrl}/v1/openapi.json): the same tools over REST
- [Catalog as JSON](${publicUrl}/catalog.json): every tool with its schemas; ?q=words&domain=bookings narrows it
- [Command line](${publicUrl}/connect#command-line): \`backdesk tools call <tool> --arguments '{…}'\`, and \`backdesk mcp\`, a stdio bridge for clients that cannot do HTTP
- [Ask for a code](${publicUrl}/catalog/register_organisation_request): how to sign up
- [Give it back](${publicUrl}/catalog/register_organisation_verify): and get the first key

${usedDomains(entries)
  .map(domain => section(domain, entries, publicUrl))
  .join('\n')}`
}

function section(domain: string, entries: readonly Entry[], publicUrl: string): string {
  const own = entries.filter(({ tool }) => tool.domain === domain)
  const lines = own.map(
    ({ tool }) => `- [${tool.name}](${publicUrl}/catalog/${tool.name}): ${firstSentence(tool.description)}`,
  )
  return `## ${titled(domain)}\n\n${lines.join('\n')}\n`
}

/** `bookings` → `Bookings`. */
function titled(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}
