/** The words of a one-time code's mail, and of its SMS, for whoever sends it or shows it. A business's name alone came from outside. */

import { escaped, mailFrame } from './mail-frame.ts'
import { type CodeMail, LIFETIME_MINUTES } from './one-time-codes.ts'

export interface Letter {
  subject: string
  text: string
  html: string
}

const whatFor = {
  sign_up: 'set up your business on',
  sign_in: 'sign in on',
  join: 'join the team on',
  customer: 'sign in at',
} satisfies Record<CodeMail['purpose'], string>

export function codeLetter({
  purpose,
  code,
  business,
}: Pick<CodeMail, 'purpose' | 'code' | 'business'>): Letter {
  const where = business?.replace(/\s+/g, ' ') ?? 'Backdesk'
  const what = `${whatFor[purpose]} ${where}`
  const terms = `It works once, for ${LIFETIME_MINUTES} minutes. If you did not ask for it, ignore this message.`
  return {
    subject: `${code} is your ${where} code`,
    text: `${code} is the code to ${what}. ${terms}`,
    html: mailFrame({
      language: 'en',
      title: `Your ${where} code`,
      content: `<p>The code to ${escaped(what)}:</p>
<p style="font-size: 32px; font-weight: 600; letter-spacing: 4px">${code}</p>
<p style="color: #5b6168">${terms}</p>`,
    }),
  }
}
