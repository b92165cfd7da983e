/** Twilio's requests (twilio.com/docs/usage/webhooks/webhooks-security): nothing of one is read before its signature is checked. */

import { createHmac } from 'node:crypto'
import type { CredentialsOf } from '../../access/credentials.ts'
import { type Report, readTry } from '../../domain/messaging/reports.ts'
import { findingOf } from '../twilio.ts'
import { isEqual, nothing, type Said, type Sent } from './callback.ts'

/** null: it is not signed by the account. */
export function readTwilio(
  { auth_token }: CredentialsOf<'twilio'>,
  { url, raw, signature }: Sent,
): Said | null {
  const form = new URLSearchParams(raw.toString())
  if (!isEqual(signature, signatureOf(auth_token, url, form))) return null
  const [ref, sender] = [form.get('MessageSid'), form.get('From')]
  if (!ref) return nothing
  const said = reports[form.get('MessageStatus') ?? '']
  if (said) {
    const of = readTry(new URL(url).searchParams.get('try'))
    const finding = findingOf(Number(form.get('ErrorCode')))
    return { ...nothing, reports: [{ provider: 'twilio', ref, of, said, finding }] }
  }
  // Others than phones, as whatsapp:+34… and short codes, nobody here writes to.
  if (form.get('SmsStatus') !== 'received' || !sender || !PHONE.test(sender)) return nothing
  const message = { channel: 'sms', provider: 'twilio', providerRef: ref, sender } as const
  // What it answers STOP, START and HELP with by itself it says (Advanced Opt-Out).
  const answered = form.has('OptOutType')
  return { ...nothing, received: [{ ...message, body: form.get('Body') ?? '', at: null, answered }] }
}

const PHONE = /^\+[1-9]\d{6,14}$/

/** The address, and after it each parameter's name and value, once, by name. */
export function signatureOf(authToken: string, url: string, form: URLSearchParams): string {
  const parameters = new Set([...form].map(parameter => parameter.join('\0')))
  const text = url + [...parameters].sort().join('').replaceAll('\0', '')
  return createHmac('sha1', authToken).update(text).digest('base64')
}

/** twilio.com/docs/messaging/api/message-resource, message status values. The others are on their way to these. */
const reports: Record<string, Report['said']> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
}
