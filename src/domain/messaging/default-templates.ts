/**
 * What a business says before it says it in its own words. A policy lets a template through at a version, so a text
 * that changes here takes a new version with it, 1001 or higher: those before are of workspaces (`templates.ts`). A test holds
 * each version to its text.
 */

import type { Channel, Purpose } from './tables.ts'

export interface DefaultTemplate {
  key: string
  channel: Channel
  language: string
  version: number
  purpose: Purpose
  subject: string | null
  body: string
}

export const defaultTemplates: readonly DefaultTemplate[] = [
  {
    key: 'booking_confirmation',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your booking at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

your booking is confirmed:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}
{{price}}

If you cannot come, please tell us.

{{business_name}}`,
  },
  {
    key: 'booking_confirmation',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your booking is confirmed. {{service_name}} with {{staff_name}}, {{date}}, {{time}}.',
  },
  {
    key: 'booking_moved',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your booking at {{business_name}} is now on {{date}}, {{time}}',
    body: `Hello {{customer_name}},

your booking has a new time:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}
{{price}}

If this does not suit you, please tell us.

{{business_name}}`,
  },
  {
    key: 'booking_moved',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your booking has a new time. {{service_name}} with {{staff_name}}, {{date}}, {{time}}.',
  },
  {
    key: 'booking_cancelled',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your booking at {{business_name}} on {{date}} is cancelled',
    body: `Hello {{customer_name}},

your booking is cancelled:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

We hope to see you another time.

{{business_name}}`,
  },
  {
    key: 'booking_cancelled',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your booking of {{service_name}}, {{date}}, {{time}}, is cancelled.',
  },
  {
    key: 'booking_reminder',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'See you at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

we look forward to seeing you:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

If you cannot come, please tell us.

{{business_name}}`,
  },
  {
    key: 'booking_reminder',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: see you on {{date}}, {{time}}. {{service_name}} with {{staff_name}}.',
  },
  // Nobody asked for it: who has not agreed to such mail gets none.
  {
    key: 'booking_follow_up',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'marketing',
    subject: 'Thank you for your visit to {{business_name}}',
    body: `Hello {{customer_name}},

thank you for coming to {{service_name}} with {{staff_name}} on {{date}}.

If something was not as it should be, please answer this mail. We hope to see you again.

{{business_name}}`,
  },
  {
    key: 'booking_follow_up',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'marketing',
    subject: null,
    body: '{{business_name}}: thank you for coming to {{service_name}} with {{staff_name}}. We hope to see you again.',
  },
  {
    key: 'invoice',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Invoice {{invoice_number}} from {{business_name}}',
    body: `Hello {{customer_name}},

here is your invoice {{invoice_number}}.

To pay: {{amount_due}}
Due: {{due_date}}

On this page you can read it, pay it and keep it as a PDF:
{{invoice_link}}

Thank you.

{{business_name}}`,
  },
  {
    key: 'invoice',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your invoice {{invoice_number}}. {{amount_due}} is due on {{due_date}}. Read and pay it here: {{invoice_link}}',
  },
  {
    key: 'invoice_receipt',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your receipt from {{business_name}}: invoice {{invoice_number}}',
    body: `Hello {{customer_name}},

your invoice {{invoice_number}} of {{invoice_total}} is settled: nothing is left to pay.

On this page you can read it and keep it as a PDF:
{{invoice_link}}

Thank you.

{{business_name}}`,
  },
  {
    key: 'invoice_receipt',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your invoice {{invoice_number}} is settled. Thank you. Keep it from here: {{invoice_link}}',
  },
  {
    key: 'class_enrolled',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your class at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

you have a place in this class:

{{service_name}} with {{staff_name}}
{{date}}, {{time}} to {{end_time}}
{{location_name}}

If you cannot come, please tell us.

{{business_name}}`,
  },
  {
    key: 'class_enrolled',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: you have a place in {{service_name}} with {{staff_name}}, {{date}}, {{time}} to {{end_time}}.',
  },
  {
    key: 'class_reminder',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'See you at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

we look forward to seeing you in your class:

{{service_name}} with {{staff_name}}
{{date}}, {{time}} to {{end_time}}
{{location_name}}

If you cannot come, please tell us.

{{business_name}}`,
  },
  {
    key: 'class_reminder',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: see you in your class on {{date}}, {{time}} to {{end_time}}. {{service_name}} with {{staff_name}}.',
  },
  {
    key: 'class_cancelled',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your class at {{business_name}} on {{date}} is cancelled',
    body: `Hello {{customer_name}},

we are sorry: your class does not take place.

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

What you used of a package or pass for it is yours again.

{{business_name}}`,
  },
  {
    key: 'class_cancelled',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: we are sorry, your class {{service_name}} on {{date}}, {{time}}, is cancelled.',
  },
  {
    key: 'class_moved',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Your class at {{business_name}} has changed: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

your class has changed. It is now:

{{service_name}} with {{staff_name}}
{{date}}, {{time}} to {{end_time}}
{{location_name}}

If this does not suit you, please tell us.

{{business_name}}`,
  },
  {
    key: 'class_moved',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: your class has changed. It is now {{service_name}} with {{staff_name}}, {{date}}, {{time}} to {{end_time}}.',
  },
  {
    key: 'waitlist_place_given',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'You have a place at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

a place has become free in the class that you were waiting for, and it is yours:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

If you cannot come, please tell us.

{{business_name}}`,
  },
  {
    key: 'waitlist_place_given',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: a place is free and it is yours. {{service_name}} with {{staff_name}}, {{date}}, {{time}}. If you cannot come, please tell us.',
  },
  {
    key: 'waitlist_place_offered',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'A place for you at {{business_name}}, kept until {{until_date}}, {{until_time}}',
    body: `Hello {{customer_name}},

a place has become free in the class that you are waiting for:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

It is kept for you until {{until_date}}, {{until_time}}. Please tell us by then whether you take it. After that it goes to the next.

{{business_name}}`,
  },
  {
    key: 'waitlist_place_offered',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: a place in {{service_name}}, {{date}}, {{time}}, is kept for you until {{until_date}}, {{until_time}}. Please tell us whether you take it.',
  },
  {
    key: 'waitlist_slot_free',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Free at {{business_name}}: {{date}}, {{time}}',
    body: `Hello {{customer_name}},

a time has become free that you are waiting for:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

It is kept for nobody. If you want it, please tell us soon.

{{business_name}}`,
  },
  {
    key: 'waitlist_slot_free',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: {{service_name}} with {{staff_name}} has become free on {{date}}, {{time}}. It is kept for nobody: please tell us soon.',
  },
  {
    key: 'waitlist_closed',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'The class at {{business_name}} on {{date}} is cancelled',
    body: `Hello {{customer_name}},

the class in which you waited for a place does not take place:

{{service_name}} with {{staff_name}}
{{date}}, {{time}}
{{location_name}}

We hope to see you another time.

{{business_name}}`,
  },
  {
    key: 'waitlist_closed',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: the class {{service_name}} on {{date}}, {{time}}, in which you waited for a place, is cancelled.',
  },
  {
    key: 'invoice_reminder',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Invoice {{invoice_number}} from {{business_name}} is due on {{due_date}}',
    body: `Hello {{customer_name}},

a reminder of your invoice {{invoice_number}}: {{amount_due}} is due on {{due_date}}.

On this page you can read it and pay it:
{{invoice_link}}

If you have paid it by now, thank you.

{{business_name}}`,
  },
  {
    key: 'invoice_reminder',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: {{amount_due}} of invoice {{invoice_number}} is due on {{due_date}}. Read and pay it here: {{invoice_link}}',
  },
  {
    key: 'invoice_overdue',
    channel: 'email',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: 'Invoice {{invoice_number}} from {{business_name}} is overdue',
    body: `Hello {{customer_name}},

your invoice {{invoice_number}} was due on {{due_date}}, and {{amount_due}} of it is not paid yet.

On this page you can read it and pay it:
{{invoice_link}}

If something about it is not right, please answer this mail. If you have paid it by now, thank you.

{{business_name}}`,
  },
  {
    key: 'invoice_overdue',
    channel: 'sms',
    language: 'en',
    version: 1,
    purpose: 'transactional',
    subject: null,
    body: '{{business_name}}: invoice {{invoice_number}} was due on {{due_date}}. {{amount_due}} is not paid yet. Read and pay it here: {{invoice_link}}',
  },
]
