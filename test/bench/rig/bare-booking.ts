/**
 * A booking by hand: the rows that `create_booking` writes and the locks under them, each statement awaited, on plain
 * `pg` as the application's role. No input is parsed, no rule asked, and whether the place is free is left to the
 * exclusion constraint.
 */

import type pg from 'pg'
import { newId } from '../../../src/database/columns.ts'

/** Ids are uuids, instants RFC 3339. */
export interface BareBooking {
  workspaceId: string
  serviceId: string
  locationId: string
  staffId: string
  customerId: string
  principalId: string
  start: string
  end: string
}

export async function bookByHand(pool: pg.Pool, booking: BareBooking): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`BEGIN; SET LOCAL app.workspace_id = '${booking.workspaceId}'`)
    await insert(client, booking)
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true) // Which rolls back.
    throw error
  }
}

async function insert(client: pg.PoolClient, booking: BareBooking): Promise<void> {
  const { workspaceId, serviceId, locationId, staffId, customerId, principalId, start, end } = booking
  const [bookingId, auditId] = [newId(), newId()]
  await client.query(LOCK_PERSON, [workspaceId, staffId])
  await client.query(LOCK_CUSTOMER, [workspaceId, customerId])
  await client.query(BOOKING, [
    workspaceId,
    bookingId,
    customerId,
    serviceId,
    locationId,
    staffId,
    start,
    end,
  ])
  await client.query(ALLOCATION, [workspaceId, newId(), bookingId, staffId, start, end])
  await client.query(HISTORY, [workspaceId, newId(), bookingId, principalId])
  await client.query(AUDIT, [workspaceId, auditId, principalId])
  await client.query(DETAILS, [workspaceId, auditId, JSON.stringify(booking), JSON.stringify(booking)])
  await client.query(EVENT, [workspaceId, newId(), bookingId, auditId])
  await client.query(KEY, [workspaceId, crypto.randomUUID(), auditId])
}

const LOCK_PERSON = 'SELECT FROM staff WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE'
const LOCK_CUSTOMER = 'SELECT FROM customers WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE'
const BOOKING = `
  INSERT INTO bookings (workspace_id, id, state, customer_id, service_id, location_id, staff_id, starts_at, ends_at,
    buffer_before_minutes, buffer_after_minutes, price_amount, cancel_cutoff_minutes, policy_start, created_at, updated_at)
  VALUES ($1, $2, 'confirmed', $3, $4, $5, $6, $7, $8, 0, 0, 5000, 1440, $7, now(), now())`
const ALLOCATION = `
  INSERT INTO allocations (workspace_id, id, booking_id, resource_key, occupied, state)
  VALUES ($1, $2, $3, $4, tstzrange($5, $6), 'held')`
const HISTORY = `
  INSERT INTO booking_history (workspace_id, id, booking_id, at, event, to_state, principal_kind, principal_id)
  VALUES ($1, $2, $3, now(), 'confirm', 'confirmed', 'api_key', $4)`
const AUDIT = `
  INSERT INTO audit_events (workspace_id, id, at, request_id, surface, principal_kind, principal_id, tool, outcome)
  VALUES ($1, $2, now(), 'bench', 'rest', 'api_key', $3, 'create_booking', 'done')`
const DETAILS = 'INSERT INTO call_details (workspace_id, audit_id, arguments, answer) VALUES ($1, $2, $3, $4)'
const EVENT = `
  INSERT INTO events (workspace_id, id, type, subject_kind, subject_id, at, audit_id)
  VALUES ($1, $2, 'booking.confirmed', 'booking', $3, now(), $4)`
const KEY = `
  INSERT INTO idempotency_keys (workspace_id, tool, key, arguments_hash, audit_id)
  VALUES ($1, 'bare', $2, '', $3)`
