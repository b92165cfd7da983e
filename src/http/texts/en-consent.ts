/** The English texts of the way to a connection: who is there, a workspace for who has none, what a client may do. Part of `en.ts`. */

import type { Domain } from '../../catalog/define.ts'
import { type Html, html } from '../pages/html.ts'

export const consent = {
  consent: {
    title: 'Connect to Backdesk',
    stranger: (client: Html) => html`${client} wants to work with your business. First say who you are.`,
    noWorkspace: (make: (text: string) => Html) =>
      html`No workspace yet? ${make('Make one for your business')}, and connect it at once.`,
    lede: (client: Html, workspace: Html, isSandbox: boolean, person: Html) =>
      html`${client} wants to work in ${workspace}${isSandbox && ' (a sandbox)'}, as ${person}.`,
    unchecked: (place: Html) =>
      html`It names itself so; Backdesk has not checked it. Its answers go to ${place}.`,
    another: 'Another workspace',
    takeAway: 'Take away what it need not do:',
    leftOut: 'It asked for more than your role here may do; that is left out.',
    neverDecides: (isAdmin: boolean) =>
      `It never decides approvals: ${isAdmin ? 'those wait for you' : 'those wait for an admin'} in the console. You can revoke it there at any time.`,
    connect: 'Connect',
    refuse: 'Do not connect',
    switched: 'You have switched to another workspace meanwhile. Look again at what is asked for.',
    nothingTicked: 'Tick at least one thing, or choose not to connect.',
    failed: 'This did not work',
    refused: 'The program that sent you here asked for something that Backdesk cannot do.',
    goBack: 'Go back to it and connect again.',
    over: 'This request to connect is over. Go back to the program and try again.',
  },
  signUp: {
    title: 'A workspace for your business',
    lede: (client: Html) => html`Then ${client} can work with it.`,
    email: 'Your email',
    person: 'Your name',
    organisation: 'The business, as customers know it',
    country: 'Country',
    zone: 'Time zone',
    currency: 'Currency, which cannot be changed later',
    choose: 'Choose…',
    send: 'Send me a code',
    codeLede: 'A code of six digits is on its way to you.',
    press: 'Make the workspace',
    nothingCame: (again: (text: string) => Html) =>
      html`Nothing came? Look among the spam, or ${again('begin again')}.`,
    wrong: 'That code does not fit, or has lapsed. Look at the newest mail, or begin again.',
  },
  scopes: {
    see: 'See',
    change: 'Change',
    toSee: (thing: string) => `See ${thing}`,
    toChange: (thing: string) => `Change ${thing}`,
    toSeeAndChange: (thing: string) => `See and change ${thing}`,
    /** At the head of what may be done with it. */
    heading: (thing: string) => thing.charAt(0).toUpperCase() + thing.slice(1),
    things: {
      platform: 'the workspace and its settings',
      team: 'the team, locations and API keys',
      services: 'services and their prices',
      availability: 'opening hours, rotas and free times',
      bookings: 'bookings',
      classes: 'classes and who is enrolled',
      entitlements: 'packages and the visits left on them',
      customers: 'customers and how to reach them',
      loyalty: 'points and rewards',
      invoices: 'invoices',
      payments: 'payments and refunds',
      subscriptions: 'memberships and subscriptions',
      commerce: 'products, orders and gift cards',
      messaging: 'messages to customers',
      approvals: 'what waits for a person to decide',
      campaigns: 'campaigns',
      content: 'texts and pictures',
      reports: 'reports',
      ops: 'the running of the workspace',
    } satisfies Record<Domain, string>,
  },
}
