/** What a reviewer may change of a call before it runs, and how what they changed is told from what was asked. */

import type { Entry } from '../catalog/catalog.ts'
import { Refusal } from '../catalog/refusal.ts'
import { hashOf } from './parse.ts'

type Fields = Record<string, unknown>

/** A call as the reviewer finds it. */
export interface Found {
  arguments: Fields
  preview: unknown
}

/** What a field says: what the asker wrote or, where they left it to the tool, what the preview has there. */
export function foundIn({ arguments: written, preview }: Found, name: string): unknown {
  return written[name] ?? (isFields(preview) ? preview[name] : undefined)
}

/**
 * The arguments as the reviewer wants them; the very same object where no edit says anything new.
 * @throws Refusal `invalid_input` for a field that is not theirs to edit
 */
export function withEdits(entry: Entry, found: Found, edits: Fields = {}): Fields {
  const editable = entry.tool.review?.editable ?? []
  const foreign = Object.keys(edits).find(name => !editable.includes(name))
  if (foreign !== undefined) {
    throw new Refusal('invalid_input', 'A reviewer cannot edit this field.', {
      field: foreign.slice(0, 60),
      editable,
    })
  }
  const news = Object.entries(edits).filter(([name, value]) => hashOf(value) !== hashOf(foundIn(found, name)))
  return news.length > 0 ? { ...found.arguments, ...Object.fromEntries(news) } : found.arguments
}

/** The asked arguments beside the edited ones: with what the preview had where the asker had left a field to the tool. */
export function beforeEdit(original: Fields, edited: Fields, preview: unknown): Fields {
  const found = { arguments: original, preview }
  const added = Object.keys(edited).filter(name => original[name] === undefined)
  return { ...original, ...Object.fromEntries(added.map(name => [name, foundIn(found, name) ?? null])) }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
