/** CSV as it comes out of whatever program: read into rows of text, or refused whole; and written so that no cell is a formula. */

import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { Refusal } from '../../catalog/refusal.ts'

export interface Sheet {
  /** Each its own: of two alike the second is called `Email (2)`. */
  headers: string[]
  rows: { number: number; cells: string[] }[]
  delimiter: string
}

export const MOST_ROWS = 50_000
const MOST_COLUMNS = 200
/** Characters of one row; nothing that is imported is as long. */
const LONGEST_ROW = 100_000

/**
 * A byte order mark, CRLF, LF and CR in any mixture, quoted line ends and `;` or tab for a comma are all read. Cells are
 * left as they are but for the spaces around them.
 * @throws Refusal `invalid_input` with the line, of what is no CSV in UTF-8, or too large
 */
export function readCsv(text: string): Sheet {
  const plain = text.replace(/^\ufeff/, '').replace(/^sep=(.)\r?\n/i, '')
  if (plain.includes('\u0000'))
    throw unreadable('It is not UTF-8: it has NUL bytes, as UTF-16 does. Save it as CSV UTF-8.')
  const delimiter = delimiterOf(plain)
  const records = parsed(plain, delimiter)
  const [header, ...rows] = records
  if (!header || header.every(cell => cell === '')) throw unreadable('Its first line names the columns.')
  if (header.length > MOST_COLUMNS)
    throw unreadable(`It has ${header.length} columns; at most ${MOST_COLUMNS} are read.`)
  if (rows.length > MOST_ROWS)
    throw unreadable(`It has ${rows.length} rows; at most ${MOST_ROWS} go at once. Split it.`)
  return {
    headers: distinct(header),
    rows: rows
      .map((cells, index) => ({ number: index + 1, cells }))
      .filter(({ cells }) => cells.some(cell => cell !== '')),
    delimiter,
  }
}

function parsed(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: LONGEST_ROW,
      to: MOST_ROWS + 2,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as { lines?: number }).lines ?? 0)
    const what = faults[error.code] ?? 'it is not CSV there'
    throw unreadable(`At line ${line} ${what}.`, { line })
  }
}

const faults: Partial<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row is longer than ${LONGEST_ROW} characters`,
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'something follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that has none around it',
}

function unreadable(message: string, details: Record<string, unknown> = {}): Refusal {
  return new Refusal('invalid_input', `csv: ${message}`, { field: 'csv', ...details })
}

/** What stands most often in the first line, outside quotes. */
function delimiterOf(text: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text.slice(0, 20_000))![0].replace(/"(?:[^"]|"")*"/g, '')
  const times = (mark: string) => line.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (times(mark) > times(best) ? mark : best))
}

function distinct(header: string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((cell, index) => {
    const name = (cell || `Column ${index + 1}`).slice(0, 100)
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** Spreadsheets run a cell that begins with = + - @, a tab or a CR: an apostrophe before it makes it text. */
export function writeCsv(headers: string[], rows: string[][]): string {
  return stringify([headers, ...rows], { escape_formulas: true, record_delimiter: '\r\n' })
}
