/** The pages on the way to a connection: who is there, a new workspace for who has none, and what the client may do. */

import { getCountries } from 'libphonenumber-js/max'
import { hasRole, type Scope } from '../../access/principal.ts'
import { idText } from '../../catalog/kinds.ts'
import { consoleLayout, switcher, type Visit } from '../console/shell.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, namesOf } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { partsOf, scopeWords } from './scope-words.ts'

/** What a client asks for. */
export interface Asking {
  uid: string
  clientId: string
  /** As the client names itself: a text from outside. */
  client: string
  redirectUri: string
  resource: string
  scopes: Scope[]
}

export function strangerPage(asking: Asking): string {
  return page(
    say.consent.title,
    html`<p class="lede">${say.consent.stranger(who(asking))}</p>
<form class="card sign-in" method="post" action="/console/sign-in">
<input type="hidden" name="to" value="/oauth/consent/${asking.uid}">
<div class="field">
<label for="email">${say.signUp.email}</label>
<input id="email" name="email" type="email" autocomplete="email" required>
</div>
<button class="primary">${say.signUp.send}</button>
</form>
<p>${say.consent.noWorkspace(text => html`<a href="/oauth/consent/${asking.uid}/sign-up">${text}</a>`)}</p>`,
    consoleLayout,
  )
}

export function signUpPage(asking: Asking, fields: Record<string, string> = {}, wrong?: string): string {
  const { email = '', organisation_name = '', person_name = '', time_zone, currency, country } = fields
  return page(
    say.signUp.title,
    html`<p class="lede">${say.signUp.lede(who(asking))}</p>
<form class="card sign-up" method="post" action="/oauth/consent/${asking.uid}/sign-up">
${problem(wrong)}
${field('email', say.signUp.email, html`<input id="email" name="email" type="email" autocomplete="email" required value="${email}">`)}
${field('person_name', say.signUp.person, html`<input id="person_name" name="person_name" autocomplete="name" maxlength="120" value="${person_name}">`)}
${field('organisation_name', say.signUp.organisation, html`<input id="organisation_name" name="organisation_name" autocomplete="organization" maxlength="120" required value="${organisation_name}">`)}
${select('country', say.signUp.country, countries, country)}
${select('time_zone', say.signUp.zone, zones, time_zone)}
${select('currency', say.signUp.currency, currencies, currency)}
<button class="primary">${say.signUp.send}</button>
</form>`,
    consoleLayout,
  )
}

export function codePage(asking: Asking, request: string, wrong?: string): string {
  return page(
    say.signIn.codeTitle,
    html`<p class="lede">${say.signUp.codeLede}</p>
<form class="card sign-in" method="post" action="/oauth/consent/${asking.uid}/sign-up/code">
<input type="hidden" name="request" value="${request}">
${problem(wrong)}
${field('code', say.signIn.code, html`<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required>`)}
<button class="primary">${say.signUp.press}</button>
</form>
<p class="quiet">${say.signUp.nothingCame(text => html`<a href="/oauth/consent/${asking.uid}/sign-up">${text}</a>`)}</p>`,
    consoleLayout,
  )
}

/** Only what the person can do themself is offered. Everything that was asked for is ticked; a tick can be taken away. */
export function consentPage(asking: Asking, visit: Visit, wrong?: string): string {
  const { principal, workspace, workspaces } = visit
  const offered = asking.scopes.filter(scope => principal.scopes.has(scope))
  const others = workspaces.filter(place => !place.current)
  const missing = asking.scopes.length - offered.length
  return page(
    say.consent.title,
    html`<p class="lede">${say.consent.lede(who(asking), html`<strong>${outside(workspace.name)}</strong>`, workspace.kind === 'sandbox', outside(principal.name))}</p>
<p class="quiet">${say.consent.unchecked(html`<code>${placeOf(asking)}</code>`)}</p>
${others.length > 0 && html`<details class="card"><summary>${say.consent.another}</summary>${switcher(others, `/oauth/consent/${asking.uid}`)}</details>`}
<form class="card consent" method="post" action="/oauth/consent/${asking.uid}">
<input type="hidden" name="workspace_id" value="${idText('workspace', workspace.id)}">
${problem(wrong)}
<p>${say.consent.takeAway}</p>
${domainsOf(offered).map(scopes => fieldset(scopes))}
${missing > 0 && html`<p class="quiet">${say.consent.leftOut}</p>`}
<p class="quiet">${say.consent.neverDecides(hasRole(principal.role, 'admin'))}</p>
<p class="actions">
<button class="primary" name="decision" value="allow">${say.consent.connect}</button>
<button name="decision" value="deny">${say.consent.refuse}</button>
</p>
</form>`,
    consoleLayout,
  )
}

/** The client asked for what cannot be. @param why the provider's words, in English */
export function refusedPage(why: string): string {
  const content = html`<p class="lede">${say.consent.refused}</p>
<p class="notice danger">${inEnglish(why)}</p>
<p>${say.consent.goBack}</p>`
  return page(say.consent.failed, content, { nav: html`` })
}

function domainsOf(scopes: Scope[]): Scope[][] {
  return Object.values(Object.groupBy(scopes, scope => partsOf(scope).domain)).filter(
    group => group !== undefined,
  )
}

function fieldset(scopes: Scope[]): Html {
  const { domain } = partsOf(scopes[0]!)
  return html`<fieldset>
<legend>${say.scopes.heading(say.scopes.things[domain])}</legend>
${scopes.map(
  scope => html`<label class="tick"><input type="checkbox" name="${scope}" value="on" checked aria-label="${scopeWords(scope)}">
<span>${partsOf(scope).reads ? say.scopes.see : say.scopes.change}</span></label>
`,
)}</fieldset>`
}

function who({ client }: Asking): Html {
  return html`<strong>${outside(client)}</strong>`
}

/** `claude.ai`, `127.0.0.1`, `cursor:` of a program on this machine. */
function placeOf({ redirectUri }: Asking): string {
  const { hostname, protocol } = new URL(redirectUri)
  return protocol.startsWith('http') ? hostname : protocol
}

function problem(wrong: string | undefined): Html | false {
  return wrong !== undefined && html`<p class="notice danger" id="problem" role="alert">${wrong}</p>`
}

function field(id: string, label: string, control: Html): Html {
  return html`<div class="field"><label for="${id}">${label}</label>${control}</div>`
}

type Choice = readonly [value: string, text: string]

function select(id: string, label: string, choices: readonly Choice[], chosen = ''): Html {
  return field(
    id,
    label,
    html`<select id="${id}" name="${id}" required><option value="">${say.signUp.choose}</option>
${choices.map(([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`)}</select>`,
  )
}

const byText = (one: Choice, other: Choice) => one[1].localeCompare(other[1], say.locale)
const zones: readonly Choice[] = Intl.supportedValuesOf('timeZone').map(zone => [
  zone,
  zone.replaceAll('_', ' '),
])
const currencies: readonly Choice[] = named('currency', Intl.supportedValuesOf('currency'))
const countries: readonly Choice[] = named('region', getCountries())

function named(type: 'currency' | 'region', codes: readonly string[]): readonly Choice[] {
  const nameOf = namesOf(type)
  return codes.map((code): Choice => [code, `${nameOf(code)} (${code})`]).toSorted(byText)
}
