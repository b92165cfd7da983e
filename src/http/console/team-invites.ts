/** The part of `/console/team` that admins see: who signs in, who is invited to, and the form that invites. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasRole, type Role } from '../../access/principal.ts'
import { Id, idText } from '../../catalog/kinds.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { PendingInvite } from '../../domain/team/invitation.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import { act, choice, field, given, keyField, press } from './kit.ts'
import { personOf } from './session.ts'
import { readingOf, type Visit, visitOf } from './shell.ts'
import { moment, type Reading } from './words.ts'

interface Member {
  id: string
  name: string
  email: string
  role: Role
}

const HOME = '/console/team'
const INVITES = `${HOME}/invites`

export function registerInvites(app: FastifyInstance, host: Host): void {
  app.post(INVITES, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = given(formOf(request.body), ['email', 'role', 'name', 'staff_id'])
    return act(visit, request, reply, { tool: 'create_team_invite', args, back: HOME, said: 'invited' })
  })

  app.post<{ Params: { id: string } }>(`${INVITES}/:id/withdraw`, async (request, reply) => {
    const person = deciderOf(await personOf(host, request), request)
    const id = Id('invite').safeParse(request.params.id)
    if (!id.success) throw notFound('invite')
    await host.invites.withdraw(person, id.data)
    return reply.redirect(`${HOME}?said=withdrawn`, 303)
  })
}

/** For admins, and owners. */
export async function signInsOf(host: Host, visit: Visit, request: FastifyRequest): Promise<Html[]> {
  const [people, pending] = await Promise.all([
    visit.all<Member>('list_members'),
    host.invites.pending(deciderOf(visit, request)),
  ])
  const reading = readingOf(visit)
  const count = html` <span class="count">${pending.length}</span>`
  return [
    ...panels(people.map(memberRow), html`${say.team.members}`),
    ...panels(
      pending.map(invite => inviteRow(invite, visit, reading)),
      html`${say.team.invites}${count}`,
    ),
    inviteForm(visit),
  ]
}

function memberRow({ name, email, role }: Member): Html {
  return html`<li class="row"><p class="row-title">${outside(name)}</p><span class="badge">${say.team.roles[role]}</span>
<p class="row-more">${outside(email)}</p></li>
`
}

/** Sent again it is another one, with another link and another week. */
function inviteRow(invite: PendingInvite, visit: Visit, reading: Reading): Html {
  const { email, name, role, staffId, expiresAt, expired } = invite
  const id = idText('invite', invite.id)
  const asked = {
    email,
    role,
    ...(name !== null && { name }),
    ...(staffId !== null && { staff_id: idText('staff', staffId) }),
  }
  return html`<li class="row"><p class="row-title">${outside(name ?? email)}</p>
${expired && html`<span class="badge asks">${say.team.lapsed}</span>`}
<p class="row-more">${name !== null && html`${outside(email)}<br>`}${say.team.roles[role]} · ${expired ? say.team.lapsedMore : html`${say.team.until} ${moment(expiresAt, reading)}`}</p>
${
  hasRole(visit.principal.role, role) &&
  html`<div class="actions">${press(INVITES, say.team.again, asked)}${press(`${INVITES}/${id}/withdraw`, say.team.withdraw, {}, 'quiet-button')}</div>`
}</li>
`
}

/** Nobody invites above their own role. */
function inviteForm({ principal }: Visit): Html {
  const roles = (['member', 'admin', 'owner'] as const).filter(role => hasRole(principal.role, role))
  return html`<details class="edits"><summary>${say.team.invite}</summary>
<form class="fields" method="post" action="${INVITES}">${keyField()}
${field('email', say.team.email, '', { type: 'email', required: true, hint: say.team.emailHint })}
${field('name', say.team.name, '', { hint: say.team.nameHint })}
${choice(
  'role',
  say.team.role,
  roles.map(role => [role, say.join.roles[role]]),
)}
<button class="primary">${say.team.inviteIt}</button></form></details>`
}
