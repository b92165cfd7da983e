/** What providers know the business by: what is stored may be replaced, checked and removed, and never read again. */

import {
  type CredentialState,
  callbackPath,
  credentialShapes,
  hiddenFields,
  type ProviderName,
  providerNames,
} from '../../access/credentials.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'
import { press } from './kit.ts'
import { readingOf, type Visit } from './shell.ts'
import { moment } from './words.ts'

export interface Cards {
  /** The page that they stand on. */
  home: string
  /** Where the world reaches this server. */
  publicUrl: string
  visit: Visit
}

export function providerCards(stored: CredentialState[], cards: Cards): Html {
  return html`${providerNames.map(provider =>
    card(
      provider,
      stored.find(one => one.provider === provider),
      cards,
    ),
  )}`
}

function card(
  provider: ProviderName,
  state: CredentialState | undefined,
  { home, publicUrl, visit }: Cards,
): Html {
  const { title, more } = say.providers.known[provider]
  const path = (what: string) => `${home}/providers/${provider}/${what}`
  return html`<article class="provider" aria-label="${title}">
<div class="provider-head"><h3>${title}</h3>${badge(state)}</div>
<p class="quiet">${more}</p>
${state && shown(state, visit)}
${provider !== 'smtp' && html`<p class="quiet">${say.providers.callbacks[provider]}</p><p><code>${publicUrl + callbackPath(provider, visit.workspace.id)}</code></p>`}
<details class="edits"><summary>${state ? say.providers.replace : say.providers.add}</summary>
<form class="fields" method="post" action="${path('save')}" autocomplete="off">
${Object.keys(credentialShapes[provider].shape).map(name => input(provider, name, state))}
<button class="primary">${say.providers.save}</button></form></details>
${state && html`<div class="actions">${press(path('check'), say.providers.check)}${press(path('remove'), say.providers.remove, {}, 'quiet-button')}</div>`}
</article>
`
}

function badge(state: CredentialState | undefined): Html {
  if (!state) return html`<span class="badge">${say.providers.missing}</span>`
  const { word, look } = say.providers.health[state.health]
  return html`<span class="badge ${look}">${word}</span>`
}

function shown({ provider, hints, problem, checkedAt }: CredentialState, visit: Visit): Html {
  return html`${problem && html`<p class="notice danger">${say.providers.problems[problem]}</p>`}
<dl class="facts">${Object.entries(hints).map(([name, hint]) => html`<div><dt>${say.providers.fields[provider][name as never]}</dt><dd>${outside(hint)}</dd></div>`)}
${checkedAt && html`<div><dt>${say.providers.checked}</dt><dd>${moment(checkedAt, readingOf(visit))}</dd></div>`}</dl>`
}

function input(provider: ProviderName, name: string, state: CredentialState | undefined): Html {
  const isHidden = hiddenFields(provider).includes(name)
  const id = `${provider}-${name}`
  const value = isHidden ? '' : (state?.hints[name] ?? '')
  return html`<div class="field"><label for="${id}">${say.providers.fields[provider][name as never]}</label>
<input id="${id}" name="${name}" type="${isHidden ? 'password' : 'text'}" value="${value}" autocomplete="off" spellcheck="false" required></div>
`
}
