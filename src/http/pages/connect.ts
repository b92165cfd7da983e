/** `/connect`: how each client is told where this server is. */

import type { FastifyInstance } from 'fastify'
import { say } from '../texts/index.ts'
import { listing } from './catalog/prose.ts'
import { type Html, html } from './html.ts'
import { page, siteNav } from './page.ts'

export function registerConnect(app: FastifyInstance, publicUrl: string, hasMailbox: boolean): void {
  const text = connectPage(publicUrl, hasMailbox)
  app.get('/connect', (_request, reply) => reply.type('text/html; charset=utf-8').send(text))
}

const words = say.connect

function connectPage(publicUrl: string, hasMailbox: boolean): string {
  const mailbox = hasMailbox && ((text: string) => html`<a href="/dev/mailbox">${text}</a>`)
  return page(
    words.title,
    html`<p class="lede">${words.lede}</p>
${listing(words.url, `${publicUrl}/mcp`)}
<h2>${words.key}</h2>
<p>${words.keyMore(mailbox)}</p>
${listing(words.signUp, signUp(publicUrl))}
<p class="quiet">${words.contracts(contract('register_organisation_request'), contract('register_organisation_verify'))}</p>
${snippets(publicUrl).map(({ client, content }) => html`<h2>${client}</h2>${content}`)}
<h2 id="command-line">${words.commandLine}</h2>
<p>${words.build(html`<code>npm run --silent backdesk --</code>`)}</p>
${listing(words.getting, 'npm ci && npm run build && npm link')}
<p>${words.calling}</p>
${listing(words.firstCommands, firstCommands(publicUrl))}
<p class="quiet">${words.scripts(html`<code>--json</code>`, html`<code>backdesk doctor</code>`)}</p>
<h2>${words.noHttp}</h2>
<p>${words.noHttpMore}</p>
${listing(words.overStdio, bridge(publicUrl))}
<h2>${words.hosted}</h2>
<p>${words.hostedMore}</p>
<h2>${words.lists}</h2>
<p>${words.listsMore}</p>
<div class="table"><table>
<thead><tr><th scope="col">${words.address}</th><th scope="col">${words.listed}</th></tr></thead>
<tbody>
<tr><th scope="row"><code>/mcp</code></th><td>${words.everyday}</td></tr>
<tr><th scope="row"><code>/mcp/x/bookings,customers</code></th><td>${words.domains}</td></tr>
<tr><th scope="row"><code>/mcp/all</code></th><td>${words.every}</td></tr>
<tr><th scope="row"><code>…/readonly</code></th><td>${words.readonly}</td></tr>
</tbody></table></div>`,
    { nav: siteNav('/connect') },
  )
}

function contract(tool: string): (text: string) => Html {
  return text => html`<a href="/catalog/${tool}">${text}</a>`
}

export interface Snippet {
  client: string
  content: Html
}

/** Names, the same in every language. */
const clients = { claudeCode: 'Claude Code', cursor: 'Cursor', code: 'VS Code' }

/** Per client, what to run or to write down. `BACKDESK_KEY` and `YOUR_KEY` stand for the key. */
export function snippets(publicUrl: string): Snippet[] {
  const url = `${publicUrl}/mcp`
  const said = words.snippets
  return [
    {
      client: clients.claudeCode,
      content: listing(
        said.claudeCode,
        `claude mcp add --transport http backdesk ${url} \\\n  --header "Authorization: Bearer $BACKDESK_KEY"`,
      ),
    },
    {
      client: clients.cursor,
      content: html`<p>${said.cursorFile(html`<code>.cursor/mcp.json</code>`, html`<code>~/.cursor/mcp.json</code>`)}</p>${listing(
        said.cursor,
        json({ mcpServers: { backdesk: { url, headers: bearer('YOUR_KEY') } } }),
      )}`,
    },
    {
      client: clients.code,
      content: html`<p>${said.codeFile(html`<code>.vscode/mcp.json</code>`)}</p>${listing(
        said.code,
        json({
          inputs: [{ type: 'promptString', id: 'backdesk_key', description: said.prompt, password: true }],
          // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
          servers: { backdesk: { type: 'http', url, headers: bearer('${input:backdesk_key}') } },
        }),
      )}<p>${said.codeTerminal}</p>${listing(
        said.codeFromTerminal,
        `code --add-mcp '${JSON.stringify({ name: 'backdesk', type: 'http', url, headers: bearer('YOUR_KEY') })}'`,
      )}`,
    },
    {
      client: said.other,
      content: html`<p>${said.otherMore}</p>${listing(said.any, `${url}\nAuthorization: Bearer YOUR_KEY`)}`,
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
