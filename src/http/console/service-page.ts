/** One service in the words of its owner: what it is, how it is booked, what it needs; and the forms that change it. */

import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { inParts, panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { amountOf, amountText, field, press, type Query, saidIn, textArea, whole } from './kit.ts'
import { minutesText, type Policy, policyForm, policySentences } from './service-policy.ts'
import { consolePage, readingOf, type Visit } from './shell.ts'
import { fact, words } from './words.ts'

export interface Service {
  id: string
  name: string
  description: string | null
  category: string | null
  duration_minutes: number
  price: Money
  status: 'active' | 'archived'
  version: number
}

interface Money {
  amount: number
  currency: string
}

/** As `get_service` answers it. */
export interface ServiceInFull extends Service {
  buffer_before_minutes: number
  buffer_after_minutes: number
  capacity: number
  segments: { minutes: number; gap_after_minutes: number }[] | null
  variants: { name: string; duration_minutes: number | null; price: Money }[]
  addons: { name: string; minutes: number; price: Money }[]
  resources: { quantity: number; resource_ids: string[] }[]
  policy: Policy
  staff: { staff_id: string; name: string; duration_minutes: number | null; price: Money | null }[]
}

const HOME = '/console/services'

export async function servicePage(visit: Visit, service: ServiceInFull, query: Query): Promise<string> {
  const { id, version, description, status, staff } = service
  const mayChange = visit.principal.role !== 'member'
  const content = html`${saidIn(query)}
${status === 'archived' && html`<p class="notice">${say.services.archivedMore}</p>`}
${description && html`<p class="lede words">${outside(description)}</p>`}
${await termsOf(visit, service)}
<h2>${say.services.policy}</h2>
<ul class="card sentences">${policySentences(service.policy).map(
    sentence => html`<li>${sentence}</li>
`,
  )}</ul>
${mayChange && status === 'active' && forms(visit, service)}
${
  staff.length > FEW &&
  html`<h2>${say.services.whoDoes}</h2>${inParts(
    panels(
      staff.map(
        one => html`<li class="row"><p class="row-title">${performer(one)}</p></li>
`,
      ),
    ),
    query.part,
    `${HOME}/${id}`,
  )}`
}
${mayChange && status === 'archived' && html`<div class="actions">${press(`${HOME}/${id}/restore`, say.services.restore, { version: String(version) }, 'primary')}</div>`}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.services}</a></p>${status === 'archived' && html`<span class="badge">${say.services.archived}</span>`}`
  return consolePage(visit, service.name, content, { above })
}

/** Who does it, as one of its facts; of more the list stands by itself. */
const FEW = 20

async function termsOf(visit: Visit, service: ServiceInFull): Promise<Html> {
  const { staff, variants, addons, resources, capacity, segments } = service
  const reading = readingOf(visit, { names: await visit.names(resources) })
  const { buffer_before_minutes: before, buffer_after_minutes: after } = service
  const buffers = [
    before > 0 && say.services.freeBefore(minutesText(before)),
    after > 0 && say.services.freeAfter(minutesText(after)),
  ].filter(part => typeof part === 'string')
  return html`<dl class="facts">
${fact(say.services.length, html`${minutesText(service.duration_minutes)}`)}
${segments && fact(say.services.inParts, html`${segments.map(partText).join(', ')}`)}
${buffers.length > 0 && fact(say.services.buffers, html`${buffers.join(', ')}`)}
${fact(say.services.costs, html`${moneyText(service.price)}`)}
${capacity > 1 && fact(say.services.party, html`${say.services.upTo(capacity)}`)}
${staff.length <= FEW && fact(say.services.whoDoes, staff.length > 0 ? lines(staff.map(performer)) : html`${say.services.nobody}`)}
${variants.length > 0 && fact(say.services.variants, lines(variants.map(variant => named(variant.name, [variant.duration_minutes && minutesText(variant.duration_minutes), moneyText(variant.price)]))))}
${addons.length > 0 && fact(say.services.addons, lines(addons.map(addon => named(addon.name, [addon.minutes > 0 && say.services.longer(minutesText(addon.minutes)), moneyText(addon.price)]))))}
${resources.length > 0 && fact(say.services.needs, lines(resources.map(({ quantity, resource_ids }) => html`${quantity > 1 && `${quantity} × `}${resource_ids.map((id, at) => html`${at > 0 && say.services.or}${words(id, reading)}`)}`)))}
</dl>`
}

function partText({ minutes, gap_after_minutes: gap }: { minutes: number; gap_after_minutes: number }) {
  return gap > 0 ? say.services.thenGap(minutesText(minutes), minutesText(gap)) : minutesText(minutes)
}

/** What differs for this person is said; the rest is as the service has it. */
function performer({ name, duration_minutes, price }: ServiceInFull['staff'][number]): Html {
  return named(name, [duration_minutes && minutesText(duration_minutes), price && moneyText(price)])
}

function named(name: string, more: (string | number | false | null)[]): Html {
  const told = more.filter(part => typeof part === 'string')
  return html`${outside(name)}${told.length > 0 && html`, ${told.join(', ')}`}`
}

function lines(items: Html[]): Html {
  return html`${items.map((item, at) => html`${at > 0 && html`<br>`}${item}`)}`
}

function forms({ workspace }: Visit, service: ServiceInFull): Html {
  const { id, version, policy } = service
  return html`<details class="edits"><summary>${say.services.edit}</summary>
<form class="fields" method="post" action="${HOME}/${id}/edit"><input type="hidden" name="version" value="${version}">
${fieldsOf(workspace.currency, service)}<p class="quiet">${say.services.editMore}</p>
<button class="primary">${say.kit.save}</button></form></details>
<details class="edits"><summary>${say.services.editPolicy}</summary>
<form class="fields" method="post" action="${HOME}/${id}/policy"><input type="hidden" name="version" value="${version}">
${policyForm(policy, workspace.currency)}<p class="quiet">${say.services.editPolicyMore}</p>
<button class="primary">${say.kit.save}</button></form></details>
<div class="actions">${press(`${HOME}/${id}/archive`, say.services.archive, {}, 'danger')}</div>`
}

/** A service in parts takes as long as they do together: its time is not among them. */
export function fieldsOf(currency: string, service?: ServiceInFull): Html {
  const minutes = service ? String(service.duration_minutes) : ''
  return html`${field('name', say.services.name, service?.name, { required: true })}
${field('category', say.services.category, service?.category ?? '', { hint: say.services.categoryHint })}
${textArea('description', say.services.description, service?.description ?? '')}
${!service?.segments && field('duration', say.services.duration, minutes, { type: 'number', required: true })}
${field('price', say.services.price(currency), service && amountText(service.price), { required: true, hint: say.services.priceHint })}`
}

/** @throws Refusal `invalid_input` */
export function termsIn({ workspace }: Visit, { duration, price = '' }: Record<string, string>) {
  return {
    ...(duration !== undefined && { duration_minutes: whole(duration, say.services.duration) }),
    price: amountOf(price, workspace.currency),
  }
}
