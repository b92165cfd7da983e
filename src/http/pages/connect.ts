/** `/connect`: how each client is told where this server is. */

import type { FastifyInstance } from 'fastify'
import { listing } from './catalog/prose.ts'
import { type Html, html } from './html.ts'
import { page, siteNav } from './page.ts'

export function registerConnect(app: FastifyInstance, publicUrl: string, hasMailbox: boolean): void {
  const text = connectPage(publicUrl, hasMailbox)
  app.get('/connect', (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
}

function connectPage(publicUrl: string, hasMailbox: boolean): string {
  return page(
    'Connect',
    html`<p class="lede">One URL, over MCP's streamable HTTP. With a key it offers your workspace's tools; without one, the two
with which an agent signs a business up.</p>
${listing('MCP URL', `${publicUrl}/mcp`)}
<h2>First, a key</h2>
<p>Connect without a key and ask your agent to sign you up, or do it by REST. A code comes by email${
      hasMailbox && html`, which on this server lands in the <a href="/dev/mailbox">developer mailbox</a>`
    }. The answer holds your key, once.</p>
${listing('Sign up by REST', signUp(publicUrl))}
<p class="quiet">Contracts: <a href="/catalog/register_organisation_request">asking for the code</a>,
<a href="/catalog/register_organisation_verify">giving it back</a>.</p>
${snippets(publicUrl).map(({ client, content }) => html`<h2>${client}</h2>${content}`)}
<h2 id="command-line">Command line</h2>
<p>In a checkout, with Node 20 or newer, this builds the command and puts it on your path; <code>npm run --silent backdesk --</code>
runs it without a build.</p>
${listing('Getting the command', 'npm ci && npm run build && npm link')}
<p>It keeps a key per server in a file that you alone can read, and calls every tool by its name:</p>
${listing('First commands', firstCommands(publicUrl))}
<p class="quiet">Scripts take <code>--json</code> and the exit code: 0 done, 1 refused or not confirmed, 2 wrong usage, 3 server not reached,
4 waits for approval. <code>backdesk doctor</code> says what is wrong.</p>
<h2>Clients that cannot do HTTP</h2>
<p>Those that start a program (Claude Desktop and others) reach this server through the command, which forwards between
stdio and the MCP URL:</p>
${listing('For a client over stdio', bridge(publicUrl))}
<h2>claude.ai and ChatGPT</h2>
<p class="notice">Their connectors sign in with OAuth and take no key. OAuth comes later; until then, use a client above.</p>
<h2>Which tools a URL lists</h2>
<p>A long list costs each conversation tokens. The short one can still call every tool, once search has named it.</p>
<div class="table"><table>
<thead><tr><th scope="col">URL</th><th scope="col">Lists</th></tr></thead>
<tbody>
<tr><th scope="row"><code>/mcp</code></th><td>the everyday tools, and search for the rest</td></tr>
<tr><th scope="row"><code>/mcp/x/bookings,customers</code></th><td>whole domains</td></tr>
<tr><th scope="row"><code>/mcp/all</code></th><td>every tool</td></tr>
<tr><th scope="row"><code>…/readonly</code></th><td>the reading half of any of these</td></tr>
</tbody></table></div>`,
    { nav: siteNav('/connect') },
  )
}

export interface Snippet {
  client: string
  content: Html
}

/** Per client, what to run or to write down. `BACKDESK_KEY` and `YOUR_KEY` stand for the key. */
export function snippets(publicUrl: string): Snippet[] {
  const url = `${publicUrl}/mcp`
  return [
    {
      client: 'Claude Code',
      content: listing(
        'For Claude Code',
        `claude mcp add --transport http backdesk ${url} \\\n  --header "Authorization: Bearer $BACKDESK_KEY"`,
      ),
    },
    {
      client: 'Cursor',
      content: html`<p>In <code>.cursor/mcp.json</code> of a project, or <code>~/.cursor/mcp.json</code> for all:</p>${listing(
        'For Cursor',
        json({ mcpServers: { backdesk: { url, headers: bearer('YOUR_KEY') } } }),
      )}`,
    },
    {
      client: 'VS Code',
      content: html`<p>In <code>.vscode/mcp.json</code>; it asks for the key once and keeps it safe:</p>${listing(
        'For VS Code',
        json({
          inputs: [
            { type: 'promptString', id: 'backdesk_key', description: 'Backdesk API key', password: true },
          ],
          // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
          servers: { backdesk: { type: 'http', url, headers: bearer('${input:backdesk_key}') } },
        }),
      )}<p>Or from a terminal, into your profile:</p>${listing(
        'For VS Code, from a terminal',
        `code --add-mcp '${JSON.stringify({ name: 'backdesk', type: 'http', url, headers: bearer('YOUR_KEY') })}'`,
      )}`,
    },
    {
      client: 'Any other client',
      content: html`<p>Give it this URL, as “streamable HTTP”, and this header:</p>${listing(
        'For any client',
        `${url}\nAuthorization: Bearer YOUR_KEY`,
      )}`,
    },
  ]
}

function firstCommands(publicUrl: string): string {
  return `backdesk login --server ${publicUrl}
backdesk whoami
backdesk tools list --search 'move an appointment'
backdesk tools describe create_booking
backdesk tools call list_services --limit 5`
}

function bridge(publicUrl: string): string {
  const args = ['mcp', '--server', publicUrl]
  return json({ mcpServers: { backdesk: { command: 'backdesk', args, env: { BACKDESK_KEY: 'YOUR_KEY' } } } })
}

function signUp(publicUrl: string): string {
  return `curl ${publicUrl}/v1/sign-ups \\
  -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" \\
  -d '{"email":"you@example.com","organisation_name":"Pulse Studio",
       "time_zone":"Europe/Madrid","currency":"EUR","country":"ES"}'

curl ${publicUrl}/v1/sign-ups/REQUEST_ID/verify \\
  -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" \\
  -d '{"code":"SIX_DIGITS"}'`
}

function bearer(key: string) {
  return { Authorization: `Bearer ${key}` }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
