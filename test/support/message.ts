/** A message that waits for a person: drafted and asked for over MCP, as an agent does. */

import { type Body, type Caller, callTool, fresh } from './caller.ts'
import { made } from './shop.ts'

export interface Asked {
  approvalId: string
  /** Of the console. */
  path: string
  message: Body
  customer: Body
}

export interface Wish {
  name?: string
  email?: string
  subject?: string
  body?: string
  bookingId?: string
}

export async function askToSend(agent: Caller, wish: Wish = {}): Promise<Asked> {
  const { name = 'Nadia Prieto', email = `nadia-${fresh()}@prieto.example` } = wish
  const {
    subject = 'Your umbrella',
    body = 'Hello Nadia,\n\nyour umbrella is still with us.\n\nPulse Studio',
  } = wish
  const customer = await made(agent, 'create_customer', { name, email })
  const message = await made(agent, 'draft_message', {
    customer_id: customer.id,
    booking_id: wish.bookingId,
    subject,
    body,
    purpose: 'transactional',
  })
  return { ...(await askFor(agent, message.id)), message, customer }
}

export async function askFor(agent: Caller, messageId: string): Promise<Pick<Asked, 'approvalId' | 'path'>> {
  const args = { message_id: messageId, idempotency_key: fresh() }
  const { approval } = (await callTool(agent, 'send_message', args)).body
  return { approvalId: approval.id, path: new URL(approval.url).pathname }
}
