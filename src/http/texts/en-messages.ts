/** The English words about messages to customers, and what became of them. Part of `en.ts`. */

import { type Html, html } from '../pages/html.ts'

export const messages = {
  messages: {
    one: 'A message',
    filter: 'Messages by state',
    all: 'All',
    toWhom: (channel: string, whom: Html) => html`${channel} to ${whom}`,
    customer: 'Customer',
    booking: 'About',
    goes: 'Goes out',
    written: 'Written',
    none: {
      title: 'No messages yet',
      more: 'Your agents and automations draft them; each waits for your yes among the approvals, and is listed here with what became of it.',
    },
    noneSo: {
      title: 'None of these',
      more: 'No message is in this state. That is good news, or choose another above.',
    },
    channels: { email: 'Email', sms: 'SMS', whatsapp: 'WhatsApp' },
    statuses: {
      draft: { word: 'Draft', look: '', more: 'It goes out once it is asked for, and allowed.' },
      queued: {
        word: 'Waiting',
        look: 'asks',
        more: 'It goes out at its time. Until then it can be taken back.',
      },
      sending: { word: 'Being sent', look: 'writes', more: 'The provider has it in hand.' },
      sent: { word: 'Sent', look: 'reads', more: 'The provider has taken it.' },
      delivered: { word: 'Delivered', look: 'reads', more: 'It has arrived.' },
      read: { word: 'Read', look: 'reads', more: 'It has been opened.' },
      failed: { word: 'Failed', look: 'destroys', more: 'It did not go out.' },
      unknown: {
        word: 'Uncertain',
        look: 'destroys',
        more: 'The provider never answered: it may have arrived, or not.',
      },
      cancelled: { word: 'Cancelled', look: '', more: 'It does not go out.' },
    },
    reasons: {
      suppressed: 'The customer has opted out of messages, or their address bounces. It was not sent.',
      consent_missing: 'The customer has not agreed to messages of this kind. It was not sent.',
      outside_service_window:
        'WhatsApp lets free text through for 24 hours after the customer wrote, and else only templates that it has approved. It was not sent.',
      quiet_hours: 'It waits for the end of the quiet hours.',
      invoice_void: 'Its invoice was taken back: it is void.',
      offer_over: 'What it offers is over: taken, declined or not kept any more.',
      invoice_settled: 'Its invoice is paid by now, or was given up.',
      not_configured: 'Nothing here carries this channel yet. Set it up in the settings.',
      unreachable: 'The provider could not be reached.',
      deferred: 'The provider asked to wait.',
      rate_limited: 'The provider asked to go slower.',
      no_answer: 'The provider did not answer.',
      refused: 'The provider refused it for good.',
      bounced: 'The provider says that this number gets no such messages.',
      undelivered: 'The provider took it, and could not deliver it.',
      opted_out: 'The customer told the provider that they want no more of these.',
      gave_up: 'It was tried eight times.',
      internal: 'Something went wrong on our side, each time that it was tried. The server’s log says what.',
    } as Record<string, string>,
    cancel: 'Take it back',
    decide: 'Your decision',
    failedHelp: 'Send it again once what hindered it is gone, or let it be.',
    unknownHelp: 'Ask the customer, or look into the provider’s own log. Sent again, they may get it twice.',
    adminDecides: 'An admin or owner decides whether it is sent again.',
    remedies: { retry: 'Send it again', discard: 'Let it be', accept: 'It has arrived' },
  },
}
