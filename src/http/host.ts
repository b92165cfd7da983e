/** What HTTP is handed by `main`: the house behind the door. No surface knows more of it than this. */

import type { Logger } from 'pino'
import type { CredentialState, ProviderName } from '../access/credentials.ts'
import type { OAuthDesk } from '../access/oauth/desk.ts'
import type { CodeRequest } from '../access/one-time-codes.ts'
import { ANONYMOUS, FRONT_DESK, type Principal, type Workspace } from '../access/principal.ts'
import type { Secrets } from '../access/secrets.ts'
import type { SessionDesk, SignIn } from '../access/sessions.ts'
import type { Call } from '../calls/call.ts'
import type { Decided, Decider, Decision } from '../calls/decide.ts'
import type { InviteDesk } from '../calls/invite-desk.ts'
import type { JoinDesk } from '../calls/join-desk.ts'
import type { ReviewDesk, Viewer } from '../calls/review-desk.ts'
import type { UndoDesk } from '../calls/undo.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Callback } from '../delivery/callbacks/callback.ts'
import type { CustomerVisit } from '../domain/bookings/self-service.ts'
import type { Paper } from '../domain/invoices/paper.ts'
import type { PaperWords } from '../domain/invoices/paper-words.ts'
import type { Remedy } from '../domain/messaging/remedy.ts'
import type { InvoiceVisit } from '../domain/payments/invoice-page.ts'
import type { PayVisit, Press } from '../domain/payments/links.ts'

export interface Host {
  catalog: Catalog
  call: Call
  /**
   * @param origin of the page that sends it, where a browser says so
   * @throws Refusal `unauthenticated`, or `rate_limited` with `retry_after_seconds`; `forbidden_scope` of a page elsewhere
   */
  authenticate(token: string, origin?: string): Promise<Caller>
  /** Whether pages at this origin may use some publishable key. */
  isNamed(origin: string): Promise<boolean>
  /** The same for a person signed in to the console. */
  authenticateSession(token: string): Promise<Caller>
  /** Sends a code to a person who wants to sign in to the console; answers alike for every email. */
  requestSignIn(email: string): Promise<CodeRequest>
  verifySignIn(guess: {
    request_id: string
    code: string
    workspace_id?: string
    user_agent?: string
  }): Promise<SignIn>
  signOut(token: string): Promise<void>
  /** Where the person of a session is signed in. */
  sessions: SessionDesk
  /** Makes the workspace that a sign-up's code stands for, and signs its owner in: no key is made. @throws Refusal `invalid_input` */
  signUpPerson(guess: { request_id: string; code: string; user_agent?: string }): Promise<SignIn>
  /** What OAuth keeps, and who connected what. */
  oauth: OAuthDesk
  /** What OAuth's keys are derived from. */
  secrets: Pick<Secrets, 'proof'>
  /** @throws Refusal `unauthenticated`, or `not_found` where the person is no member */
  switchWorkspace(token: string, workspaceId: string): Promise<void>
  /** What a person reads before deciding. */
  approvals: ReviewDesk
  /** What a person can still take back. */
  undos: UndoDesk
  /** A person's decision on a call that waits. */
  decide(decider: Decider, decision: Decision): Promise<Decided>
  /** A person's word on a message that failed, or of which nobody can tell. */
  remedy(decider: Decider, decision: { messageId: string; remedy: Remedy }): Promise<void>
  /** What the business's providers know it by. Read and written by a person alone, of the role admin or above. */
  credentials: CredentialDesk
  /** Invitations that nobody has accepted yet. Seen and withdrawn by a person alone, of the role admin or above. */
  invites: InviteDesk
  /** Where the link of an invitation leads. */
  joinDesk: JoinDesk
  /** What the link in a marketing mail leads to. */
  subscriptions: Subscriptions
  /** The customer who comes with a link's token; null where it is none of ours. @throws Refusal `rate_limited` */
  openSelfService(token: string): Promise<CustomerVisit | null>
  /** What the link in a reviewer's mail opens, to be read and no more; null where it is none of ours, or has lapsed. */
  openReview(token: string): Promise<{ viewer: Viewer; approvalId: string } | null>
  /** Where the token of a payment link leads; null where it is none of ours. */
  payDesk: PayDesk
  /** Where the token of an invoice's link leads. */
  invoiceDesk: InvoiceDesk
  /** A provider's webhook, as it came. */
  hearProvider(webhook: ProviderWebhook): Promise<'heard' | 'forged' | 'unknown'>
  /** What a provider of messages says by itself. */
  callbacks: {
    hear(callback: Callback): Promise<'heard' | 'forged' | 'unknown'>
    /** Whether a token is the one that the business has chosen for its webhook at WhatsApp; null: it has no account there. */
    isVerified(workspaceId: string, token: string): Promise<boolean | null>
  }
  /** iCalendar text at a feed's token; null where it is none of ours, or was replaced. */
  calendarFeed(token: string): Promise<string | null>
  /** Where the world reaches this server, without a slash at the end: `https://desk.example.com`. */
  publicUrl: string
  /** Bound to a loopback address: a page of another site could reach it through the user's browser. */
  loopback: boolean
  /** A client's document may be in our own network: on a developer's machine alone. */
  reachesInside: boolean
  /** The event loop's delay from which requests are turned away, in milliseconds; 0: never. */
  overloadedAfterMs: number
  log: Logger
  /** Whether the database answers. */
  health(): Promise<boolean>
  /** The developer mailbox, newest first; absent where it must not exist. */
  mailbox?(): Promise<Mail[]>
}

export interface Caller {
  principal: Principal
  workspace: Workspace
  /** How many calls the caller's bucket holds, and how many are left; nobody has one. */
  rate?: { limit: number; remaining: number }
}

/** Who sends no credentials. */
export const NOBODY: Caller = { principal: ANONYMOUS, workspace: FRONT_DESK }

export interface CredentialDesk {
  list(decider: Decider): Promise<CredentialState[]>
  /** Replaces them, and has them checked. @throws Refusal `invalid_input` */
  save(decider: Decider, provider: ProviderName, fields: Record<string, string>): Promise<void>
  remove(decider: Decider, provider: ProviderName): Promise<void>
  /** Has the worker ask the provider whether they are good. */
  check(decider: Decider, provider: ProviderName): Promise<void>
}

/** Whose mail to whom a link's token is about; null where it is none of ours. */
export interface Subscriptions {
  read(token: string): Promise<{ business: string; address: string } | null>
  /** Ends it. What has ended stays so. */
  end(token: string): Promise<{ business: string; address: string } | null>
}

export interface Mail {
  id: string
  channel: string
  to: string
  subject: string | null
  text: string
  /** RFC 3339. */
  created_at: string
}

export interface PayDesk {
  /** @throws Refusal `rate_limited` */
  visit(token: string): Promise<PayVisit | null>
  /** @throws Refusal `hold_expired`, `amount_exceeds_due`, `rate_limited` */
  pay(token: string, press: Press): Promise<unknown>
  /** How the customer answered the bank's question, in the sandbox. */
  answer(token: string, yes: boolean): Promise<unknown>
}

/** Each null where the token is none of ours, or has ended. @throws Refusal `rate_limited` */
export interface InvoiceDesk {
  visit(token: string, words: PaperWords): Promise<InvoiceVisit | null>
  /** What its PDF says. @param note a credit note's TypeID; null: the invoice itself */
  paper(token: string, note: string | null, words: PaperWords): Promise<Paper | null>
  /** The address at which it is paid. @throws Refusal `amount_exceeds_due`, `provider_error` */
  pay(token: string): Promise<string | null>
}

export interface ProviderWebhook {
  provider: 'stripe'
  /** A TypeID's uuid. */
  workspaceId: string
  raw: Buffer
  signature: string | undefined
}
