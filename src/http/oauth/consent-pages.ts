/** The pages on the way to a connection: who is there, a new workspace for who has none, and what the client may do. */

import { getCountries } from 'libphonenumber-js/max'
import { hasRole, type Scope } from '../../access/principal.ts'
import { idText } from '../../catalog/kinds.ts'
import { consoleLayout, switcher, type Visit } from '../console/shell.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { partsOf, scopeWords, things } from './scope-words.ts'

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
    'Connect to Backdesk',
    html`<p class="lede">${who(asking)} wants to work with your business. First say who you are.</p>
<form class="card sign-in" method="post" action="/console/sign-in">
<input type="hidden" name="to" value="/oauth/consent/${asking.uid}">
<div class="field">
<label for="email">Your email</label>
<input id="email" name="email" type="email" autocomplete="email" required>
</div>
<button class="primary">Send me a code</button>
</form>
<p>No workspace yet? <a href="/oauth/consent/${asking.uid}/sign-up">Make one for your business</a>, and connect it at once.</p>`,
    consoleLayout,
  )
}

export function signUpPage(asking: Asking, fields: Record<string, string> = {}, wrong?: string): string {
  const { email = '', organisation_name = '', person_name = '', time_zone, currency, country } = fields
  return page(
    'A workspace for your business',
    html`<p class="lede">Then ${who(asking)} can work with it.</p>
<form class="card sign-up" method="post" action="/oauth/consent/${asking.uid}/sign-up">
${problem(wrong)}
${field('email', 'Your email', html`<input id="email" name="email" type="email" autocomplete="email" required value="${email}">`)}
${field('person_name', 'Your name', html`<input id="person_name" name="person_name" autocomplete="name" maxlength="120" value="${person_name}">`)}
${field('organisation_name', 'The business, as customers know it', html`<input id="organisation_name" name="organisation_name" autocomplete="organization" maxlength="120" required value="${organisation_name}">`)}
${select('country', 'Country', countries, country)}
${select('time_zone', 'Time zone', zones, time_zone)}
${select('currency', 'Currency, which cannot be changed later', currencies, currency)}
<button class="primary">Send me a code</button>
</form>`,
    consoleLayout,
  )
}

export function codePage(asking: Asking, request: string, wrong?: string): string {
  return page(
    'Enter your code',
    html`<p class="lede">A code of six digits is on its way to you.</p>
<form class="card sign-in" method="post" action="/oauth/consent/${asking.uid}/sign-up/code">
<input type="hidden" name="request" value="${request}">
${problem(wrong)}
${field('code', 'Code', html`<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required>`)}
<button class="primary">Make the workspace</button>
</form>
<p class="quiet">Nothing came? Look among the spam, or <a href="/oauth/consent/${asking.uid}/sign-up">begin again</a>.</p>`,
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
    'Connect to Backdesk',
    html`<p class="lede">${who(asking)} wants to work in <strong>${outside(workspace.name)}</strong>${workspace.kind === 'sandbox' && ' (a sandbox)'},
as ${outside(principal.name)}.</p>
<p class="quiet">It names itself so; Backdesk has not checked it. Its answers go to <code>${placeOf(asking)}</code>.</p>
${others.length > 0 && html`<details class="card"><summary>Another workspace</summary>${switcher(others, `/oauth/consent/${asking.uid}`)}</details>`}
<form class="card consent" method="post" action="/oauth/consent/${asking.uid}">
<input type="hidden" name="workspace_id" value="${idText('workspace', workspace.id)}">
${problem(wrong)}
<p>Take away what it need not do:</p>
${domainsOf(offered).map(scopes => fieldset(scopes))}
${missing > 0 && html`<p class="quiet">It asked for more than your role here may do; that is left out.</p>`}
<p class="quiet">It never decides approvals: ${hasRole(principal.role, 'admin') ? 'those wait for you' : 'those wait for an admin'} in the
console. You can revoke it there at any time.</p>
<p class="actions">
<button class="primary" name="decision" value="allow">Connect</button>
<button name="decision" value="deny">Do not connect</button>
</p>
</form>`,
    consoleLayout,
  )
}

function domainsOf(scopes: Scope[]): Scope[][] {
  return Object.values(Object.groupBy(scopes, scope => partsOf(scope).domain)).filter(
    group => group !== undefined,
  )
}

function fieldset(scopes: Scope[]): Html {
  const { domain } = partsOf(scopes[0]!)
  const name = things[domain]
  return html`<fieldset>
<legend>${name.charAt(0).toUpperCase() + name.slice(1)}</legend>
${scopes.map(
  scope => html`<label class="tick"><input type="checkbox" name="${scope}" value="on" checked>
<span>${partsOf(scope).reads ? 'See' : 'Change'}<span class="unsaid"> ${scopeWords(scope).replace(/^\w+ /, '')}</span></span></label>
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
    html`<select id="${id}" name="${id}" required><option value="">Choose…</option>
${choices.map(([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`)}</select>`,
  )
}

const byText = (one: Choice, other: Choice) => one[1].localeCompare(other[1], 'en')
const zones: readonly Choice[] = Intl.supportedValuesOf('timeZone').map(zone => [
  zone,
  zone.replaceAll('_', ' '),
])
const currencies: readonly Choice[] = named('currency', Intl.supportedValuesOf('currency'))
const countries: readonly Choice[] = named('region', getCountries())

function named(type: 'currency' | 'region', codes: readonly string[]): readonly Choice[] {
  const names = new Intl.DisplayNames('en', { type })
  return codes.map((code): Choice => [code, `${names.of(code) ?? code} (${code})`]).toSorted(byText)
}
