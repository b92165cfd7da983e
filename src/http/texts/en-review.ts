/** The English texts of what is asked and decided, and of signing in. Part of `en.ts`. */

import { type Html, html } from '../pages/html.ts'

export const review = {
  queue: {
    lede: 'Your agents prepare; nothing here happens until a person allows it.',
    none: {
      title: 'Nothing waits for you',
      more: 'When an agent wants to do something that needs a person, such as sending a message or giving money back, it waits here: who asked, what would happen, and two buttons.',
      choose: 'Choose what waits',
    },
    asked: (who: Html, when: Html, about: Html | false) =>
      html`${who} asked on ${when}${about && html`, about ${about}`}`,
    review: 'Review',
    moreRules: (count: number) =>
      `And ${count === 1 ? 'one more rule' : `${count} more rules`}: open it to read all of them.`,
    until: (when: Html, whom: string | false) => html`Waits until ${when}${whom && `, for ${whom}`}`,
    settled: 'Settled',
    earlier: 'Settled earlier',
    toWhom: (name: Html) => html` to ${name}`,
    decided: (who: Html, when: Html) => html`${who} decided on ${when}`,
    automation: (name: Html) => html`The automation ${name}`,
    onBehalfOf: (asker: Html, person: Html) => html`${asker}, for ${person},`,
    reviewers: { admin: 'an admin or owner', owner: 'an owner' },
  },
  approval: {
    askedBy: 'Asked by',
    askedOn: 'Asked',
    waitsUntil: 'Waits until',
    byAutomation: (name: Html) => html`${name} (automation)`,
    onBehalfOf: (asker: Html, person: Html) => html`${asker}, for ${person}`,
    decided: (who: Html, when: Html) => html`${who} decided on ${when}.`,
    wouldDo: 'What it would do',
    didAsk: 'What was asked',
    wouldCome: 'What would come of it',
    didCome: 'What came of it',
    changed: 'What the reviewer changed',
    missing: {
      title: 'No such approval here',
      more: 'It may have been asked in another workspace, or the address is not whole.',
      back: (workspace: Html) => html`See what waits in ${workspace}`,
    },
    decision: 'Your decision',
    readOnly: (who: string) => `You can read this. Deciding it takes ${who}.`,
    note: 'A note to whoever asked, if you like',
    reword: 'Change the wording',
    editable: (field: Html) => html`${field} (you may change it)`,
    approve: 'Approve',
    send: 'Approve and send',
    reject: 'Reject',
    withdraw: 'Take it back',
    withdrawMore: 'You asked for this, and can take it back while it waits.',
    noteTooLong: 'The note is too long: at most 1,000 characters.',
    states: {
      pending: { word: 'Waiting', look: 'asks', sentence: 'Nothing has been done yet.' },
      executed: { word: 'Done', look: 'reads', sentence: 'It was approved, and it was done.' },
      failed: { word: 'Failed', look: 'destroys', sentence: 'It was approved, but could not be done.' },
      rejected: { word: 'Rejected', look: 'destroys', sentence: 'It was rejected. Nothing was done.' },
      withdrawn: { word: 'Withdrawn', look: '', sentence: 'Whoever asked took it back. Nothing was done.' },
      expired: { word: 'Expired', look: '', sentence: 'Nobody decided in time. Nothing was done.' },
      stale: {
        word: 'Overtaken',
        look: '',
        sentence: 'It was overtaken: something had changed since it was asked. Nothing was done.',
      },
    },
    obstacles: {
      asker_gone: 'Whoever asked may no longer do this, so approving it would do nothing.',
      tool_gone: 'This can no longer be done here, so approving it would do nothing.',
      changed: (kinds: string[]) => {
        const named = kinds.map((kind, at) => `${at === 0 ? 'The' : 'the'} ${kind}`)
        const what = kinds.length > 0 ? listed.format(named) : 'Something this rests on'
        const verb = kinds.length > 1 ? 'have' : 'has'
        return `${what} ${verb} changed since it was asked, so approving it would do nothing. Whoever asked can ask again, with how things are now.`
      },
    },
    effects: {
      send: 'Sends a message',
      charge: 'Charges',
      refund: 'Refunds',
      credit: 'Credits',
      erase: 'Erases for good',
    },
    people: (count: number) => ` to ${count} ${count === 1 ? 'person' : 'people'}`,
  },
  letter: {
    label: 'The message',
    about: 'About',
    goes: 'Goes out',
    kind: 'Kind',
    inLanguage: (name: Html) => html`, in ${name}`,
    wording: 'Wording',
    template: (key: Html, version: number, edited: boolean) =>
      html`The template ${key}, version ${version}${edited && ', with changes'}`,
    free: 'Written for this message, from no template',
    envelope: (channel: Html, whom: Html) => html`${channel} to ${whom}`,
    attached: 'Attached:',
    onceApproved: 'Once it is approved',
    notBefore: (when: Html, why: Html) => html`${when}, not before (${why})`,
    /** What the law calls them (GDPR, ePrivacy), said as a customer would. */
    purposes: {
      transactional: 'About something the customer did',
      marketing: 'Advertising, to those who agreed to it',
    } as Record<string, string>,
  },
  signIn: {
    title: 'Sign in',
    lede: 'Here you read what agents want to do in your name, and decide.',
    email: 'Your email',
    send: 'Send me a code',
    noEmail: 'That is no email address.',
    codeTitle: 'Enter your code',
    codeLede: 'If somebody signs in with that address, a code of six digits is on its way to it.',
    code: 'Code',
    press: 'Sign in',
    nothingCame: (another: (text: string) => Html) =>
      html`Nothing came? Look among the spam, or ${another('ask for another code')}.`,
    sixDigits: 'The code has six digits.',
    wrong: 'That code does not fit, or has lapsed. Look at the newest mail, or ask for another.',
  },
  signedOut: {
    title: 'You were signed out',
    nothingDone: 'Your session had ended, so nothing was decided or changed.',
    tryAgain: 'Sign in and try again.',
    keeps: 'What you wrote is still here: sign in beside this page, come back to it, and send it again.',
    signIn: 'Sign in again',
    beside: 'Open a new tab to sign in',
    again: { approve: 'Approve it now', reject: 'Reject it now', other: 'Send it again' },
    left: (count: number) =>
      `You were signed out on the way: ${count === 1 ? 'one was' : `${count} were`} not decided, and ${count === 1 ? 'waits' : 'wait'} as before.`,
  },
  elsewhere: {
    title: 'Not in this workspace',
    more: (workspace: Html) =>
      html`You are in ${workspace}. If you went there in another tab while this page was open, go back to where you were.`,
    nothingDone: 'Nothing was decided or changed.',
    thereAgain: (workspace: Html) => html`Switch to ${workspace} and send it again`,
  },
  clients: {
    none: {
      title: 'No client is connected',
      more: (url: Html) =>
        html`Add ${url} as a connector in Claude or another AI client. It asks you here what it may do.`,
    },
    lede: (workspace: Html) =>
      html`Programs that were let into ${workspace}. Revoking one takes effect at its next call.`,
    actsFor: 'Acts for',
    letIn: 'Let in',
    lastUsed: 'Last used',
    never: 'never',
    through: 'Through',
    rights: 'What it may do',
    revoke: (name: Html) => html`Revoke ${name}`,
  },
  words: {
    nothing: 'Nothing.',
    yes: 'Yes',
    no: 'No',
    none: 'none',
    unseen: 'A character that cannot be seen',
    with: (name: Html) => html` with ${name}`,
    for: (name: Html) => html` for ${name}`,
  },
}

const listed = new Intl.ListFormat('en-GB', { type: 'conjunction' })
