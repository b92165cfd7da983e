/** The English texts of the page that an invitation's link opens. Part of `en.ts`. */

import { type Html, html } from '../pages/html.ts'

const askAnother = 'Ask whoever invited you for another.'

export const joining = {
  join: {
    title: 'You are invited',
    lede: (from: Html, business: Html) => html`${from} invites you to the team of ${business} on Backdesk.`,
    for: 'For',
    role: 'Role',
    roles: {
      member: 'Member: the day’s work, with bookings and customers',
      admin: 'Admin: also money, settings and the team',
      owner: 'Owner: everything',
    },
    until: 'Until',
    sendMore: (email: Html) =>
      html`So that nobody else can accept it, a code of six digits goes to ${email} first.`,
    send: 'Send me the code',
    oneMore: 'You are signed in with this address, so one press is enough.',
    press: 'Join the team',
    other: (own: Html, email: Html) =>
      html`You are signed in as ${own}, and this invitation goes to ${email}. To accept it, sign out first; your other work stays as it is.`,
    signOut: 'Sign out',
    codeTitle: 'Enter your code',
    codeLede: (email: Html) => html`A code of six digits is on its way to ${email}.`,
    code: 'Code',
    used: {
      title: 'This invitation has been used',
      more: 'It works once. If it was you who accepted it, sign in.',
    },
    expired: { title: 'This invitation has expired', more: `It is too old to be accepted. ${askAnother}` },
    gone: {
      title: 'This invitation opens nothing',
      more: `It was withdrawn or replaced by a newer one, or its link is not whole. Look for a newer mail. ${askAnother}`,
    },
    signIn: 'Sign in',
    wrong: 'That did not work',
  },
}
