/**
 * The English texts of our pages, by page. Another language is another file of this shape, and of those beside it. A
 * sentence with something in it, or of a number of things, is a function: a language has its own order and plurals.
 */

import type { Role } from '../../access/principal.ts'
import { type IdKind, idKinds } from '../../catalog/kinds.ts'
import { type Html, html } from '../pages/html.ts'
import { calendar } from './en-calendar.ts'
import { consent } from './en-consent.ts'
import { customers } from './en-customers.ts'
import { developers } from './en-developers.ts'
import { house } from './en-house.ts'
import { joining } from './en-join.ts'
import { letters } from './en-letters.ts'
import { lists } from './en-lists.ts'
import { messages } from './en-messages.ts'
import { money } from './en-money.ts'
import { review } from './en-review.ts'

export const say = {
  /** BCP 47: what dates, numbers and amounts are written in. */
  locale: 'en-GB',
  times: {
    /** Of a day and a time of it. */
    dayAndTime: (day: string, time: string) => `${day}, ${time}`,
    fromTo: (start: string, end: string) => `${start}–${end}`,
    /** A date as Intl writes it, but with no comma after the weekday. */
    tidied: (date: string) => date.replace(/^(\p{L}+),/u, '$1'),
    zone: (zone: string) => `Times are those of ${zone}.`,
  },
  ...developers,
  ...customers,
  ...consent,
  /**
   * What is called otherwise in this language, of the names that the API gives to fields, tools and templates:
   * `customer_id`. null: it is shown in English, and marked.
   */
  named: (_name: string): string | null => null,
  /** What there is, by the prefix of its id. */
  things: { ...idKinds } as Record<IdKind, string>,
  roles: { member: 'member', admin: 'admin', owner: 'owner' } satisfies Record<Role, string>,
  sections: {
    today: 'Today',
    approvals: 'Approvals',
    clients: 'Connected clients',
    calendar: 'Calendar',
    customers: 'Customers',
    messages: 'Messages',
    invoices: 'Invoices',
    services: 'Services and hours',
    team: 'Team',
    activity: 'Activity',
    keys: 'Keys',
    settings: 'Settings',
    sessions: 'Signed-in devices',
    more: 'More',
    label: 'Console',
  },
  shell: {
    signedInAs: (person: Html, role: string) => html`Signed in as ${person}, ${role}`,
    signOut: 'Sign out',
    switchTo: (workspace: Html) => html`Switch to ${workspace}`,
    sandbox: 'Sandbox',
    sandboxClock: (now: Html) => html`Its clock stands at ${now}.`,
    /** Beside a time, on the reader's clock. */
    yourTime: (time: string) => `(${time} your time)`,
    waiting: (count: number) => `${count} waiting`,
    more: 'Everything else in the console.',
    home: 'To what needs you today',
  },
  today: {
    title: 'Today',
    nothing: 'Nothing needs you',
    nothingMore: 'What your agents ask for appears here, and so does a message that could not be sent.',
    waits: 'Waits for your decision',
    all: (count: number) => (count === 1 ? 'Review it' : `See all ${count}`),
    failed: 'Messages that did not go out',
    failedMore: 'Send them again, or let them be.',
    agenda: 'Today’s bookings',
    noBookings: 'Nobody is booked for the rest of today.',
    calendar: 'Open the calendar',
    happened: 'What happened',
    quiet: 'Nothing has happened yet',
    quietMore:
      'Each thing that an agent or a person does here is written down, and shown with whoever did it.',
  },
  sessions: {
    lede: 'Each browser in which you are signed in to the console. One that you do not know is best ended.',
    device: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: 'A device that does not say what it is',
    current: 'This one',
    lastSeen: 'Last seen',
    now: 'now',
    since: 'Signed in',
    end: 'Sign out there',
    endOthers: 'Sign out everywhere else',
  },
  approvals: {
    live: {
      calm: 'Live: what is new appears by itself.',
      lost: 'The connection is lost. Trying again …',
      changed: (count: number) => `Live. Something changed: ${count} waiting.`,
      reload: 'See what is new',
    },
    approveChosen: 'Approve these …',
    rejectChosen: 'Reject these …',
    choose: (title: Html) => html`Choose: ${title}`,
    next: 'Show what was asked before',
    long: 'It is long: open it to read all of it.',
    several: {
      approve: {
        title: (count: number) => `Approve ${count}?`,
        lede: 'Each runs as it was asked, once.',
        press: 'Approve them',
      },
      reject: {
        title: (count: number) => `Reject ${count}?`,
        lede: 'None of them runs.',
        press: 'Reject them',
      },
    },
    noneChosen: 'Nothing is chosen',
    noneChosenMore: 'Go back, and tick what you want to decide on.',
    decided: 'What came of it',
    back: 'Back to what waits',
    lapsed: 'This link has lapsed',
    lapsedMore: 'It held as long as the question waited. What waits now is in the console.',
    open: 'Open the console',
    readOnly: 'You can read this here. To decide, open it in the console.',
    toDecide: 'Decide in the console',
  },
  kit: {
    older: 'Show older',
    show: 'Show',
    save: 'Save',
    undo: 'Undo',
    leave: 'Leave it as it is',
    notDone: 'That was not done',
    nothingChanged: 'Nothing was changed. Go back, and try it another way.',
    back: 'Go back',
    wrote: 'What you wrote',
    noAmount: 'That is no amount of money: write it as in 35 or 35.50.',
    noNumber: 'write a whole number.',
  },
  /** The page between a press and what cannot be taken back, or goes out: by the tool that would do it. */
  confirm: {
    lede: 'Nothing has been changed yet. This is what would come of it.',
    press: 'Go ahead',
    /** Where they have a better name than that of the field. */
    fields: {
      bookings_keeping_old_terms: 'Stay booked',
      last_used_at: 'Last used',
      expires_at: 'Until',
      staff_id: 'With',
    } as Record<string, string>,
    asks: {
      cancel_booking: { ask: 'Cancel this booking?', press: 'Cancel the booking' },
      decline_booking: { ask: 'Decline this booking?', press: 'Decline the booking' },
      mark_booking_no_show: { ask: 'Did they not come?', press: 'They did not come' },
      revert_booking_status: { ask: 'Take this back?', press: 'Take it back' },
      archive_customer: { ask: 'Archive this customer?', press: 'Archive the customer' },
      archive_service: { ask: 'Archive this service?', press: 'Archive the service' },
      revoke_api_key: { ask: 'Revoke this key?', press: 'Revoke the key' },
      cancel_message: { ask: 'Take this message back?', press: 'Take the message back' },
      delete_time_off: { ask: 'Remove these days off?', press: 'Remove them' },
      create_team_invite: { ask: 'Invite this person?', press: 'Send it to them' },
      upsert_automation: { ask: 'Change what writes by itself?', press: 'Change it' },
      set_approval_policy: { ask: 'Change what needs approval?', press: 'Set these rules' },
      set_location_closures: { ask: 'Change the closed dates?', press: 'Change them' },
    } as Record<string, { ask: string; press: string }>,
  },
  said: {
    saved: 'Saved.',
    added: 'Added.',
    removed: 'Removed.',
    forgotten: 'Removed. What was stored is gone for good: to use it again, enter it again.',
    archived: 'Archived. What was booked stays booked.',
    restored: 'It can be booked again.',
    standard: 'It says the standard words again.',
    undone: 'Taken back: it is as it was before.',
    putAside: 'Taken back, and kept in the archive.',
    unbooked: 'Taken back: the time is free again, and the booking is kept as cancelled.',
    putAway: 'They are archived.',
    unarchived: 'They are among your customers again.',
    revoked: 'Revoked. It opens nothing from this moment on, and cannot be brought back: make another one.',
    booked: 'Booked.',
    moved: 'Moved. Whoever is told of moves gets a message, once you allow it.',
    cancelled: 'Cancelled. That cannot be taken back: the time may be somebody else’s by now.',
    withheld: 'It does not go out. That cannot be taken back: have it written anew.',
    confirmed: 'Confirmed.',
    declined: 'Declined. That cannot be taken back: the time may be somebody else’s by now.',
    checkedIn: 'Checked in.',
    completed: 'Completed.',
    noShow: 'Noted as not come.',
    reverted: 'Taken back.',
    retry: 'It is on its way again.',
    discard: 'It stays unsent.',
    accept: 'Taken for sent.',
    joined: 'Welcome: you belong to this team now.',
    invited: 'The invitation is on its way.',
    withdrawn: 'Withdrawn. Its link opens nothing any more.',
    checking: 'Stored. The provider is being asked: reload in a moment.',
  },
  undo: {
    over: {
      title: 'Too late to undo it',
      more: 'A change can be taken back for 15 minutes, and this one is older. Nothing was done: go to what you changed, and change it by hand.',
    },
    toIt: 'Go to what you changed',
    none: {
      title: 'Nothing to undo here',
      more: 'A change is taken back by the person who made it, in the business where they made it. Nothing was done: ask them, or change it by hand.',
    },
    /** What to do next, where an undo was refused. */
    problems: {
      stale_version:
        'An undo would take that change away as well, so nothing was done. Go back, look at how it is now, and change by hand what should be another way.',
      not_found: 'It is gone by now, so there is nothing to take back.',
      slot_conflict:
        'Its place was given to somebody else meanwhile, so it stays where it is. Look at the calendar, and choose another.',
    } as Partial<Record<string, string>>,
  },
  /** What to do next, by the code of the refusal. */
  problems: {
    slot_conflict: 'Somebody else has that time. Look at the calendar, and choose another.',
    stale_version:
      'Somebody changed it while this page was open. Go back, look at how it is now, and change it again.',
    outside_hours: 'Nobody works then. Choose a time within the hours, or change the hours first.',
    nonexistent_local_time:
      'Clocks are put forward or back that night. Choose a time an hour earlier or later.',
    forbidden_scope: 'Ask an admin or an owner of the business to do it.',
    invalid_input: 'Nothing was changed. Go back and correct it.',
    invalid_transition: 'It has gone on since the page was opened. Go back and look at it again.',
    rate_limited: 'Wait a minute, then try again.',
    in_progress: 'It is being done at this very moment. Go back, and look at what came of it.',
  } as Record<string, string>,
  ...messages,
  bookings: {
    when: 'When',
    customer: 'Customer',
    somebody: 'Somebody, not yet named',
    with: 'With',
    serviceWith: (service: Html, staff: Html) => html`${service} with ${staff}`,
    variant: 'Variant',
    addons: 'Add-ons',
    price: 'Price',
    note: 'Note',
    move: 'Move it',
    moveIt: 'Move',
    day: 'Day',
    time: 'Time',
    story: 'What happened',
    states: {
      hold: { word: 'Held', look: '' },
      pending: { word: 'To confirm', look: 'asks' },
      confirmed: { word: 'Confirmed', look: 'reads' },
      arrived: { word: 'Here', look: 'writes' },
      completed: { word: 'Completed', look: '' },
      cancelled: { word: 'Cancelled', look: 'destroys' },
      declined: { word: 'Declined', look: 'destroys' },
      expired: { word: 'Lapsed', look: '' },
      no_show: { word: 'Did not come', look: 'destroys' },
      awaiting_payment: { word: 'To be paid', look: 'asks' },
    },
    steps: {
      confirm: 'Confirm',
      decline: 'Decline',
      cancel: 'Cancel',
      check_in: 'Check in',
      complete: 'Complete',
      no_show: 'Did not come',
      revert: 'Take back',
    },
    events: {
      book: 'Booked',
      request: 'Asked for',
      confirm: 'Confirmed',
      decline: 'Declined',
      cancel: 'Cancelled',
      arrive: 'Checked in',
      complete: 'Completed',
      miss: 'Did not come',
      revert: 'Taken back',
      move: 'Moved',
      hold: 'Held',
      expire: 'Lapsed',
    } as Record<string, string>,
  },
  customers: {
    search: 'Name, phone or email',
    find: 'Find',
    none: {
      title: 'No customers yet',
      more: 'Add the first above. They also appear here once an agent or your website books for them; and your agent can bring in a list that you have.',
    },
    noneSo: { title: 'Nobody found', more: 'Try part of the name, or the last digits of the phone number.' },
    noReach: 'No email, no phone',
    blocked: 'Blocked',
    blockedMore: 'This customer books nothing more, as somebody here decided.',
    archive: 'Archive',
    archived: 'Archived',
    archivedMore:
      'Searches leave them out, and nothing more is booked for them. What was booked stays booked.',
    restore: 'Bring them back',
    name: 'Name',
    email: 'Email',
    phone: 'Phone',
    tags: 'Tags',
    note: 'Note',
    since: 'Customer since',
    passes: 'Passes and packages',
    unlimited: 'Unlimited',
    left: (remaining: number, sessions: number | null) =>
      sessions === null ? `${remaining} left` : `${remaining} of ${sessions} left`,
    until: (when: Html) => html`until ${when}`,
    lots: {
      not_begun: { word: 'Not begun', look: '' },
      valid: { word: 'Valid', look: 'reads' },
      used_up: { word: 'Used up', look: '' },
      expired: { word: 'Expired', look: '' },
    },
    timeline: 'Timeline',
    nothingYet: {
      title: 'Nothing yet',
      more: 'Bookings and messages of this customer appear here, the newest first.',
    },
    edit: 'Change their details',
    add: 'Add a customer',
    addIt: 'Add them',
  },
  ...house,
  ...calendar,
  ...letters,
  ...lists,
  ...joining,
  ...review,
  ...money,
  activity: {
    none: {
      title: 'Nothing has happened yet',
      more: 'Each thing that an agent or a person does here is written down, and stays.',
    },
    noneSo: { title: 'Nothing like that', more: 'No such thing was done. Choose another filter above.' },
    what: 'What',
    anything: 'Anything',
    outcome: 'What came of it',
    anyOutcome: 'Anything',
    who: 'By which key',
    anyone: 'Anybody',
    day: 'Day',
    itsApproval: 'See what was asked and decided',
    asked: 'What was asked',
    changed: 'What it changed',
    story: 'The story of this',
    storyMore: 'What else was done to the same thing, the newest first.',
    surfaces: {
      mcp: 'by an agent',
      rest: 'by a program',
      console: 'in the console',
      system: 'by itself',
      page: 'by a customer’s link',
    },
    itself: 'Backdesk itself',
    gone: 'Somebody who has left',
    /** Who did what is done before anybody is known. */
    newcomer: 'Whoever signed up',
    allowedBy: (asker: Html, decider: Html) => html`${asker}, allowed by ${decider}`,
    outcomes: {
      done: { word: 'Done', look: 'reads' },
      processing: { word: 'On its way', look: 'writes' },
      dry_run: { word: 'Tried out', look: '' },
      needs_confirmation: { word: 'Previewed', look: '' },
      needs_approval: { word: 'Asked', look: 'asks' },
      refused: { word: 'Refused', look: 'destroys' },
    },
    /** Why a call was refused, where a word says it better than “Refused”. */
    codes: {
      slot_conflict: 'Place taken',
      approval_stale: 'Overtaken',
      approval_expired: 'Expired',
      consent_missing: 'No consent',
      suppressed: 'Opted out',
      stale_version: 'Out of date',
      forbidden_scope: 'Not allowed',
      rate_limited: 'Too often',
    } as Record<string, string>,
    /** What the house or a person does that is no tool. */
    doings: {
      due_work: 'What fell due',
      deliver_message: 'Delivery of a message',
      draft_message: 'An automation’s draft',
      withdraw_draft: 'A draft taken back',
      unsubscribe: 'Unsubscribed by link',
      join_team: 'Joined the team',
      withdraw_invite: 'An invitation withdrawn',
    } as Record<string, string>,
  },
}
