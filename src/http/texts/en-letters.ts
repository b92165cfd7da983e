/** The English words of the house's own mails. Part of `en.ts`. */

import type { Letters } from '../../access/letters.ts'

const whatFor = {
  sign_up: 'set up your business on',
  sign_in: 'sign in on',
  join: 'join the team on',
  customer: 'sign in at',
}

const waits = (count: number) => (count === 1 ? 'Something waits' : `${count} things wait`)

export const letters = {
  letters: {
    code: {
      subject: (code, where) => `${code} is your ${where} code`,
      title: where => `Your ${where} code`,
      text: (code, purpose, where) => `${code} is the code to ${whatFor[purpose]} ${where}.`,
      lead: (purpose, where) => `The code to ${whatFor[purpose]} ${where}:`,
      terms: minutes =>
        `It works once, for ${minutes} minutes. If you did not ask for it, ignore this message.`,
    },
    invitation: {
      subject: business => `${business} invites you to their team on Backdesk`,
      title: 'An invitation to Backdesk',
      lead: business => `${business} invites you to their team on Backdesk.`,
      link: 'See the invitation',
      before: 'See who invites you, and accept it here:',
      terms: days => `It works once, for ${days} days. If you do not know them, ignore this mail.`,
      agent: 'Or give this to your agent, and ask it to accept the invitation for you:',
    },
    notice: {
      subject: (count, business) => `${waits(count)} for your decision at ${business}`,
      lead: (count, business) => `${waits(count)} for your decision at ${business}.`,
      more: (count, queue) => `And ${count} more: ${queue}`,
      end: 'A link opens what was asked, for you alone: do not pass it on. Nothing happens until you decide in the console.',
    },
    help: business =>
      `${business}: these are messages about your bookings. Reply STOP to get no more of them, START to get them again.`,
  } satisfies Omit<Letters, 'language'> as Omit<Letters, 'language'>,
}
