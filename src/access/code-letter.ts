/** The words of a one-time code's mail, for whoever sends it or shows it. Nothing in them came from outside. */

import { mailFrame } from './mail-frame.ts'
import { type CodeMail, LIFETIME_MINUTES } from './one-time-codes.ts'

export interface Letter {
  subject: string
  text: string
  html: string
}

const whatFor = {
  sign_up: 'set up your business',
  sign_in: 'sign in',
  join: 'join the team',
} satisfies Record<CodeMail['purpose'], string>

export function codeLetter({ purpose, code }: Pick<CodeMail, 'purpose' | 'code'>): Letter {
  const what = whatFor[purpose]
  const terms = `It works once, for ${LIFETIME_MINUTES} minutes. If you did not ask for it, ignore this mail.`
  return {
    subject: `${code} is your Backdesk code`,
    text: `${code} is the code to ${what} on Backdesk. ${terms}`,
    html: mailFrame({
      language: 'en',
      title: 'Your Backdesk code',
      content: `<p>The code to ${what} on Backdesk:</p>
<p style="font-size: 32px; font-weight: 600; letter-spacing: 4px">${code}</p>
<p style="color: #5b6168">${terms}</p>`,
    }),
  }
}
