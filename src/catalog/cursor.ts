/** Cursors: where a page ended, as opaque text. They say nothing secret, so they are not signed, only checked. */

import { Page } from './define.ts'
import { Refusal } from './refusal.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The uuid after which the next page begins. @throws Refusal `invalid_input` on text that no list gave out. */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const uuid = Buffer.from(cursor, 'base64url').toString('latin1')
  if (!UUID.test(uuid))
    throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  return uuid
}

/** A page of `rows`, of which one more than `limit` was asked for, to see whether there is a next. */
export function pageOf<Row extends { id: string }>(rows: Row[], limit: number): Page<Row[]> {
  const shown = rows.slice(0, limit)
  const more = rows.length > limit
  return new Page(shown, more ? Buffer.from(shown.at(-1)!.id, 'latin1').toString('base64url') : undefined)
}
