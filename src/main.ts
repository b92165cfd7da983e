/** Config → database → road → host → worker: the only place that wires. */

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import { everyday, tools } from '../tools/index.ts'
import { isCustomers } from './access/api-key.ts'
import { authenticateKey } from './access/authenticate.ts'
import { readCredentials } from './access/credentials.ts'
import { authenticateCustomer } from './access/customer-sessions.ts'
import { forgetArtifacts } from './access/oauth/artifacts.ts'
import { oauthDesk } from './access/oauth/desk.ts'
import { forgetCodes, type MailRoute } from './access/one-time-codes.ts'
import { isNamed } from './access/origins.ts'
import { FRONT_DESK } from './access/principal.ts'
import { loadServerSecret, makeSecrets } from './access/secrets.ts'
import {
  authenticateSession,
  requestSignIn,
  sessionDesk,
  signOut,
  switchWorkspace,
  verifySignIn,
} from './access/sessions.ts'
import { type LinkClaims, readLinkToken } from './access/signed-link.ts'
import { isWorkspace } from './access/workspaces.ts'
import { withdrawAsked } from './calls/approval.ts'
import { approvalExpiry } from './calls/approval-expiry.ts'
import { asPerson } from './calls/as-person.ts'
import { asSystem } from './calls/as-system.ts'
import { credentialDesk } from './calls/credential-desk.ts'
import { decide } from './calls/decide.ts'
import type { House } from './calls/house.ts'
import { inviteDesk } from './calls/invite-desk.ts'
import { joinDesk } from './calls/join-desk.ts'
import { listNoticed, noticesOf, openReview } from './calls/notices.ts'
import { reviewDesk } from './calls/review-desk.ts'
import { createCall } from './calls/road.ts'
import { signUpPerson } from './calls/sign-up-person.ts'
import { undoDesk } from './calls/undo.ts'
import { makeCatalog } from './catalog/catalog.ts'
import { type Config, readConfig } from './config.ts'
import { openDatabase } from './database/open.ts'
import { answerHelp } from './delivery/answer-help.ts'
import { automate } from './delivery/automate.ts'
import { messageCallbacks } from './delivery/callbacks/hear.ts'
import { carriersOf, makeCarriers } from './delivery/carrier.ts'
import { checkCredentials } from './delivery/check-credentials.ts'
import { deliver } from './delivery/deliver.ts'
import { dueWork } from './delivery/due-work.ts'
import { endDeliveries } from './delivery/end-deliveries.ts'
import { eraseAtProviders } from './delivery/erase-at-providers.ts'
import { importCustomers } from './delivery/import-customers.ts'
import { mailCode } from './delivery/mail-code.ts'
import { mailInvite } from './delivery/mail-invite.ts'
import { notifyReviewers } from './delivery/notify-reviewers.ts'
import { pay, payBack } from './delivery/payments/pay.ts'
import { type FindStripe, paymentProviders } from './delivery/payments/providers.ts'
import { providerWebhooks } from './delivery/payments/webhooks.ts'
import { prepareQueue } from './delivery/queue.ts'
import { readCalendar } from './delivery/read-calendar.ts'
import { readTemplates } from './delivery/read-templates.ts'
import { startWorker, type WorkerParts } from './delivery/worker.ts'
import { bookingExpiry } from './domain/bookings/expiry.ts'
import { openSelfService, SELF_SERVICE } from './domain/bookings/self-service.ts'
import { FEED, readFeed } from './domain/calendar/feed.ts'
import { classHorizon } from './domain/classes/horizon.ts'
import { classOffers } from './domain/classes/line.ts'
import type { Context } from './domain/context.ts'
import { entitlementExpiry } from './domain/entitlements/expiry.ts'
import { INVOICE_PAGE } from './domain/invoices/link.ts'
import { pointsEnd, tierEnd } from './domain/loyalty/expiry.ts'
import { heardEvents } from './domain/messaging/automations.ts'
import { dueDeliveries } from './domain/messaging/due-deliveries.ts'
import { dueInvoiceReminders } from './domain/messaging/invoice-reminders.ts'
import { listPosted } from './domain/messaging/mailbox.ts'
import { remedyMessage } from './domain/messaging/remedy.ts'
import { dueReminders } from './domain/messaging/reminders.ts'
import {
  readUnsubscribeToken,
  subscriptionOf,
  unsubscribe,
  unsubscribeToken,
} from './domain/messaging/unsubscribe.ts'
import { paperOfLink, payPageOf, visitInvoice } from './domain/payments/invoice-page.ts'
import { answerChallenge, PAYMENT_LINK, payByLink, visitLink } from './domain/payments/links.ts'
import { sandboxProviderEvents } from './domain/payments/sandbox-events.ts'
import { pendingInvites, readInvitation, withdrawInvite } from './domain/team/invitation.ts'
import { readInviteToken } from './domain/team/invites.ts'
import { joinAs, joinByCode, requestJoin } from './domain/team/join.ts'
import { createApp } from './http/app.ts'
import type { Host, InvoiceDesk, PayDesk, Subscriptions } from './http/host.ts'
import { say } from './http/texts/index.ts'
import { makeLog } from './log.ts'

export interface Server {
  /** Where it listens, without a trailing slash. */
  url: string
  house: House
  app: FastifyInstance
  /** Lets running calls finish, then stops everything it started. */
  close(): Promise<void>
}

export async function start(config: Config): Promise<Server> {
  const log = makeLog(config.logLevel)
  const { dataDir, databaseUrl, appDatabaseUrl, host } = config
  const port = config.port || (await freePort(host))
  const [secret, database] = await Promise.all([
    loadServerSecret(dataDir, config.secret),
    openDatabase({ dataDir, databaseUrl, appDatabaseUrl, log: message => log.info(message) }),
  ])
  const house: House = {
    catalog: makeCatalog(tools, everyday),
    database,
    secrets: makeSecrets(secret, config.previousSecret),
    dueWork: [
      approvalExpiry,
      bookingExpiry,
      classOffers,
      classHorizon,
      entitlementExpiry,
      pointsEnd,
      tierEnd,
      dueDeliveries,
      dueInvoiceReminders,
      ...dueReminders,
      sandboxProviderEvents,
    ],
    heard: heardEvents,
    mail: mailRoute(config),
    letters: { language: say.locale, ...say.letters },
    stripe: config.stripe !== undefined,
    publicUrl: config.publicUrl ?? `http://${urlHost(host)}:${port}`,
    log,
  }
  const app = createApp({
    catalog: house.catalog,
    call: createCall(house),
    authenticate: (token, origin) =>
      (isCustomers(token) ? authenticateCustomer : authenticateKey)(
        database,
        token,
        config.rateLimit,
        origin,
      ),
    isNamed: origin =>
      database.transaction(FRONT_DESK.id, { readOnly: true }, ({ db }) => isNamed(db, origin)),
    authenticateSession: token => authenticateSession(database, token, config.rateLimit),
    requestSignIn: email =>
      database.transaction(FRONT_DESK.id, {}, ({ db }) => requestSignIn(db, email, house.mail)),
    verifySignIn: guess => verifySignIn(database, house.secrets, guess),
    signOut: token => signOut(database, token),
    sessions: sessionDesk(database),
    signUpPerson: guess => signUpPerson(house, guess),
    oauth: oauthDesk(
      database,
      house.secrets,
      { asPerson: asPerson(house), asSystem: asSystem(house) },
      config.rateLimit,
    ),
    secrets: house.secrets,
    switchWorkspace: (token, workspaceId) => switchWorkspace(database, token, workspaceId),
    approvals: reviewDesk(house),
    undos: undoDesk(house),
    decide: (decider, decision) => decide(house, decider, decision),
    remedy: async (decider, { messageId, remedy }) => {
      const act = { doing: `${remedy}_message`, role: 'admin' } as const
      await asPerson(house)(decider, act, context => remedyMessage(context, messageId, remedy))
    },
    credentials: credentialDesk(asPerson(house)),
    invites: inviteDesk(asPerson(house), { pendingInvites, withdrawInvite }),
    joinDesk: joinDesk(house, { readInviteToken, readInvitation, requestJoin, joinByCode, joinAs }),
    subscriptions: subscriptions(house),
    calendarFeed: calendarFeed(house),
    openReview: token => openReview(house, token),
    openSelfService: selfService(house),
    payDesk: payDesk(house),
    invoiceDesk: invoiceDesk(house),
    hearProvider: providerWebhooks({ asSystem: asSystem(house), stripe: stripeOf(house, config) }),
    callbacks: messageCallbacks({ ...house, asSystem: asSystem(house) }),
    publicUrl: house.publicUrl,
    loopback: config.loopback,
    reachesInside: config.reachesInside,
    overloadedAfterMs: config.overloadedAfterMs,
    log,
    health: () =>
      database.owner.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    mailbox: config.developerMailbox ? () => postedTo(house) : undefined,
  })
  await prepareQueue(house)
  await app.listen({ host, port })
  const worker = startWorker({ ...house, ...chores(house, config) })
  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    await app.close()
    await worker.stop()
    await database.close()
  }
  return {
    url: `http://${urlHost(host)}:${port}`,
    house,
    app,
    close: () => (closed ??= close()),
  }
}

function mailRoute({ smtp, resend, developerMailbox }: Config): MailRoute {
  if (smtp) return 'smtp'
  if (resend) return 'resend'
  return developerMailbox ? 'developer_mailbox' : 'none'
}

/** Each takes a link's token, and answers null where it is none of ours. */
function subscriptions(house: House): Subscriptions {
  const does =
    (work: typeof unsubscribe): Subscriptions['end'] =>
    async token => {
      const origin = readUnsubscribeToken(house.secrets, token)
      if (!origin) return null
      return asSystem(house)(origin.workspaceId, 'unsubscribe', context => work(context, origin.id))
    }
  return { read: does(subscriptionOf), end: does(unsubscribe) }
}

/** What people were sent, and what reviewers were told, the newest first. */
async function postedTo(house: House) {
  const [posted, noticed] = await Promise.all([listPosted(house), listNoticed(house, 100)])
  const newest = (one: { created_at: string }, other: { created_at: string }) =>
    Date.parse(other.created_at) - Date.parse(one.created_at)
  return [...posted, ...noticed].sort(newest).slice(0, 100)
}

function calendarFeed(house: House): Host['calendarFeed'] {
  return async token => {
    const claims = readLinkToken(house.secrets, FEED, token)
    return (
      claims && asSystem(house)(claims.workspaceId, 'calendar feed', context => readFeed(context, claims))
    )
  }
}

function selfService(house: House): Host['openSelfService'] {
  return async token => {
    const claims = readLinkToken(house.secrets, SELF_SERVICE, token)
    if (!claims) return null
    return asSystem(house)(claims.workspaceId, 'self-service link', context =>
      openSelfService(context, claims),
    )
  }
}

function payDesk(house: House): PayDesk {
  const does = atLink(house, PAYMENT_LINK)
  return { visit: does(visitLink), pay: does(payByLink), answer: does(answerChallenge) }
}

function invoiceDesk(house: House): InvoiceDesk {
  const does = atLink(house, INVOICE_PAGE)
  return { visit: does(visitInvoice), paper: does(paperOfLink), pay: does(payPageOf) }
}

/** Work at the row that a link's token names; null where the token is none of ours. @param purpose also what the audit names it by */
function atLink(house: House, purpose: string) {
  return <Rest extends unknown[], Result>(
    work: (context: Context, claims: LinkClaims, ...rest: Rest) => Promise<Result>,
  ) =>
    async (token: string, ...rest: Rest): Promise<Result | null> => {
      const claims = readLinkToken(house.secrets, purpose, token)
      return claims && asSystem(house)(claims.workspaceId, purpose, context => work(context, claims, ...rest))
    }
}

/** A workspace's own account, which a person has set; else that of a server of one business. null: none, or no workspace. */
function stripeOf({ database, secrets }: House, config: Config): FindStripe {
  return workspaceId =>
    database.transaction(workspaceId, { readOnly: true }, async ({ db }) => {
      const own = await readCredentials(db, secrets, workspaceId, 'stripe')
      if (!own) return config.stripe && (await isWorkspace(db, workspaceId)) ? config.stripe : null
      return { secretKey: own.secret_key, webhookSecret: own.webhook_secret, url: config.providerUrls.stripe }
    })
}

/** What the worker does, and what it does by itself. */
function chores(house: House, config: Config): Pick<WorkerParts, 'handlers' | 'schedule'> {
  const { database, secrets, publicUrl } = house
  const carriers = makeCarriers(config)
  const carrier = carriers.smtp ?? carriers.resend
  const callbacks = config.reachesInside ? undefined : publicUrl
  const find = carriersOf(house, carriers, config.providerUrls, config.reachesInside, callbacks)
  const paying = {
    asSystem: asSystem(house),
    provider: paymentProviders({ asSystem: asSystem(house), stripe: stripeOf(house, config) }),
    returnUrl: publicUrl,
  }
  return {
    handlers: {
      mail_code: mailCode({ ...house, carriers: find }),
      ...(carrier && { mail_invite: mailInvite({ ...house, carrier }) }),
      deliver: deliver({
        asSystem: asSystem(house),
        carriers: find,
        unsubscribeUrl: origin => `${publicUrl}/unsubscribe/${unsubscribeToken(secrets, origin)}`,
      }),
      answer_help: answerHelp({ asSystem: asSystem(house), carriers: find, letters: house.letters }),
      end_deliveries: endDeliveries({ asSystem: asSystem(house), database }),
      check_credentials: checkCredentials({
        database,
        secrets,
        urls: config.providerUrls,
        mayBeInside: config.reachesInside,
      }),
      read_templates: readTemplates({
        asSystem: asSystem(house),
        database,
        secrets,
        url: config.providerUrls.whatsapp,
      }),
      notify_reviewers: notifyReviewers({
        database,
        notices: noticesOf(house),
        language: house.letters.language,
        carrier,
        now: () => Temporal.Now.instant(),
      }),
      due_work: dueWork(asSystem(house)),
      read_calendar: readCalendar({ asSystem: asSystem(house), privateToo: config.reachesInside }),
      import_customers: importCustomers(asSystem(house)),
      erase_at_providers: eraseAtProviders(asSystem(house), find),
      pay: pay(paying),
      refund: payBack(paying),
      automate: automate({ asSystem: asSystem(house), call: createCall(house), withdrawAsked }),
      forget_codes: ({ workspaceId }) => database.transaction(workspaceId, {}, ({ db }) => forgetCodes(db)),
      forget_tokens: ({ workspaceId }) =>
        database.transaction(workspaceId, {}, ({ db }) => forgetArtifacts(db)),
    },
    schedule: { end_deliveries: '*/5 * * * *', forget_codes: '10 3 * * *', forget_tokens: '20 3 * * *' },
  }
}

/** Known before anything is made, since the public URL is in what is made. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** An IPv6 address stands in brackets in a URL (RFC 3986, section 3.2.2). */
function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function announce({ house }: Server, config: Config): void {
  const url = house.publicUrl
  const lines = [
    ['MCP', `${url}/mcp`],
    ['Catalog', `${url}/catalog`],
    ['Console', `${url}/console`],
    ...(config.developerMailbox ? [['Mailbox', `${url}/dev/mailbox`]] : []),
    [
      'Claude Code',
      `claude mcp add --transport http backdesk ${url}/mcp --header "Authorization: Bearer $BACKDESK_KEY"`,
    ],
    [
      'Cursor',
      `{"mcpServers":{"backdesk":{"url":"${url}/mcp","headers":{"Authorization":"Bearer YOUR_KEY"}}}}`,
    ],
  ]
  for (const [what, where] of lines) console.log(`${what!.padEnd(12)} ${where}`)
}

/** Starts as the environment says, and stops at Ctrl-C. */
export async function run(): Promise<void> {
  try {
    const config = readConfig()
    const server = await start(config)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => server.close().then(() => process.exit(0)))
    }
    announce(server, config) // Who reads it may stop it.
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
