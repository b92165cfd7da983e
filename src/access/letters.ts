/**
 * The words of the house's own mails: codes, invitations, what reviewers are told. They stand with all other texts, in
 * src/http/texts, and are handed down by `main`. Messages to customers are made from templates, in languages of their own.
 */

import type { CodeMail } from './one-time-codes.ts'

export interface Letters {
  /** BCP 47. */
  language: string
  code: CodeWords
  invitation: InvitationWords
  notice: NoticeWords
  /** To a customer who wrote HELP. At most 160 letters of GSM-7 with a usual name: one SMS. */
  help(business: string): string
}

interface CodeWords {
  /** @param where the business whose customer signs in, or Backdesk */
  subject(code: string, where: string): string
  title(where: string): string
  text(code: string, purpose: CodeMail['purpose'], where: string): string
  /** Above the code, where it stands alone. */
  lead(purpose: CodeMail['purpose'], where: string): string
  terms(minutes: number): string
}

interface InvitationWords {
  subject(business: string): string
  title: string
  lead(business: string): string
  /** The text of the link, and what stands before it where it has none. */
  link: string
  before: string
  terms(days: number): string
  /** Before the bare token. */
  agent: string
}

interface NoticeWords {
  /** @param count of what waits */
  subject(count: number, business: string): string
  lead(count: number, business: string): string
  more(count: number, queue: string): string
  end: string
}
