/** `/console/keys`: what programs act here, with what rights, and how to end one. */

import type { FastifyInstance } from 'fastify'
import type { Role } from '../../access/principal.ts'
import type { WriteBody } from '../../calls/call.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import {
  act,
  choice,
  empty,
  field,
  given,
  keyField,
  pager,
  press,
  problemPage,
  queryOf,
  saidIn,
} from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { type Reading, words } from './words.ts'

interface Key {
  id: string
  name: string
  kind: 'live' | 'test'
  hint: string
  role: Role
  scopes: string[]
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}

const HOME = '/console/keys'

export function registerKeys(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const page = await visit.list<Key>('list_api_keys', { limit: 50, cursor: query.cursor })
    const reading = readingOf(visit)
    const list = html`<section class="panel"><ul class="rows">${page.rows.map(key => keyRow(key, reading))}</ul></section>`
    const content = html`<p class="lede">${say.keys.lede}</p>${saidIn(query)}
${page.rows.length > 0 ? list : empty(say.keys.none)}
${pager(HOME, {}, page.next)}
${newKey()}`
    return sendPage(reply, consolePage(visit, say.sections.keys, content))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const args = {
      ...given(form, ['name', 'role', 'idempotency_key']),
      ...(form.rights === 'all' && { scopes: ['*'] }),
    }
    const answer = await visit.write('create_api_key', args)
    if (answer.refusal)
      return sendPage(reply.code(answer.refusal.status), problemPage(visit, answer.refusal, HOME, { form }))
    const body = answer.body as WriteBody
    if (body.approval) return reply.redirect(new URL(body.approval.url).pathname, 303)
    return sendPage(reply, shownOnce(visit, body))
  })

  app.post<{ Params: { id: string } }>(`${HOME}/:id/revoke`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = { key_id: request.params.id }
    return act(visit, request, reply, { tool: 'revoke_api_key', args, back: HOME, said: 'revoked' })
  })
}

function keyRow(
  { id, name, hint, role, scopes, last_used_at, expires_at, revoked_at }: Key,
  reading: Reading,
): Html {
  const writes = scopes.some(scope => scope.endsWith(':write'))
  return html`<li class="row"><p class="row-title">${outside(name)} <code>…${hint}</code></p>
${revoked_at ? html`<span class="badge">${say.keys.revoked}</span>` : press(`${HOME}/${id}/revoke`, say.keys.revoke, {}, 'quiet-button')}
<p class="row-more">${writes ? say.keys.writes : say.keys.reads} · ${say.roles[role]} · ${last_used_at ? say.keys.used(words(last_used_at, reading)) : say.keys.neverUsed}${expires_at && html` · ${say.keys.until(words(expires_at, reading))}`}</p></li>
`
}

function newKey(): Html {
  return html`<details class="edits"><summary>${say.keys.add}</summary>
<form class="fields" method="post" action="${HOME}">${keyField()}
${field('name', say.keys.name, '', { required: true, hint: say.keys.nameHint })}
${choice('rights', say.keys.rights, [
  ['read', say.keys.onlyReads],
  ['all', say.keys.allRights],
])}
${choice('role', say.keys.role, [
  ['member', say.keys.roles.member],
  ['admin', say.keys.roles.admin],
])}
<button class="primary">${say.keys.addIt}</button></form></details>`
}

function shownOnce(visit: Visit, { data }: WriteBody): string {
  const { api_key, name } = data as { api_key?: string; name: string }
  const content = html`<p class="lede">${say.keys.once}</p>
${api_key ? html`<pre><code>${api_key}</code></pre>` : html`<p class="notice">${say.keys.shownBefore}</p>`}
<p class="actions"><a class="button primary" href="${HOME}">${say.keys.stored}</a></p>`
  return consolePage(visit, name, content)
}
