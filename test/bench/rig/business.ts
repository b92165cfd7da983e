/** A business to book in, put there by SQL as the owner: over MCP it would take an agent hundreds of calls. */

import { idText } from '../../../src/catalog/kinds.ts'
import { newId } from '../../../src/database/columns.ts'
import type { Stage } from './stage.ts'

/** All ids are uuids. */
export interface Business {
  serviceId: string
  /** One for each number of people that was asked for. */
  locationIds: string[]
  staffIds: string[]
  customerIds: string[]
}

export interface Shape {
  /** Of the service, and between the starts that are offered. */
  minutes: { duration: number; interval: number }
  /** Every day of the week, on the clocks of `ZONE`. */
  hours: { from: string; to: string }
  /** How many people work at each location; who works at one works at every larger one too. */
  staffing: number[]
}

export const ZONE = 'Europe/Madrid'

const CUSTOMERS = 100
const WINDOW_DAYS = 365

export async function openBusiness({ server, workspaceId }: Stage, shape: Shape): Promise<Business> {
  const { minutes, hours, staffing } = shape
  const business = {
    serviceId: newId(),
    locationIds: newIds(staffing.length),
    staffIds: newIds(Math.max(...staffing)),
    customerIds: newIds(CUSTOMERS),
  }
  const { serviceId, locationIds, staffIds, customerIds } = business
  const week = Object.fromEntries(WEEKDAYS.map(day => [day, [hours]]))
  const { owner } = server.house.database
  await owner.query(SERVICE, [workspaceId, serviceId, minutes.duration, minutes.interval, WINDOW_DAYS])
  await owner.query(LOCATIONS, [workspaceId, locationIds, ZONE, JSON.stringify(week)])
  await owner.query(STAFF, [workspaceId, staffIds])
  await owner.query(STAFF_SERVICES, [workspaceId, staffIds, serviceId])
  for (const [i, locationId] of locationIds.entries())
    await owner.query(STAFF_LOCATIONS, [workspaceId, staffIds.slice(0, staffing[i]), locationId])
  await owner.query(CUSTOMER, [workspaceId, customerIds])
  return business
}

/** The fields that every tool about slots and bookings takes, as a caller writes them. */
export function placeFields({ serviceId, locationIds }: Business, location = 0) {
  return {
    service_id: idText('service', serviceId),
    location_id: idText('location', locationIds[location]!),
  }
}

function newIds(count: number): string[] {
  return Array.from({ length: count }, newId)
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

const SERVICE = `
  INSERT INTO services (workspace_id, id, name, duration_minutes, slot_interval_minutes, window_days, price_amount, created_at)
  VALUES ($1, $2, 'Session', $3, $4, $5, 5000, now())`

const LOCATIONS = `
  INSERT INTO locations (workspace_id, id, name, time_zone, hours, created_at)
  SELECT $1, id, 'Centro', $3, $4, now() FROM unnest($2::uuid[]) AS id`

const STAFF = `
  INSERT INTO staff (workspace_id, id, name, created_at)
  SELECT $1, id, 'Person', now() FROM unnest($2::uuid[]) AS id`

const STAFF_SERVICES = `
  INSERT INTO staff_services (workspace_id, staff_id, service_id)
  SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id`

const STAFF_LOCATIONS = `
  INSERT INTO staff_locations (workspace_id, staff_id, location_id)
  SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id`

const CUSTOMER = `
  INSERT INTO customers (workspace_id, id, name, name_key, created_at, updated_at)
  SELECT $1, id, 'Customer', 'customer', now(), now() FROM unnest($2::uuid[]) AS id`
