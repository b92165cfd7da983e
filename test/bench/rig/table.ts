/** What a measure answers, and how it reads: the same in the terminal as in the README. */

export interface Table {
  title: string
  /** What is compared with what, and what a reader must know to believe it. */
  about: string
  columns: string[]
  rows: (string | number)[][]
}

/** Aligned, so that it can be read unrendered. */
export function markdownOf({ title, about, columns, rows }: Table): string {
  const cells = [columns, ...rows].map(row => row.map(shown))
  const widths = columns.map((_, column) => Math.max(...cells.map(row => row[column]!.length), 3))
  const isNumber = columns.map((_, column) => rows.every(row => typeof row[column] === 'number'))
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`
  const rule = widths.map((width, i) => (isNumber[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  const [head, ...body] = cells
  return [`## ${title}`, '', about, '', line(head!), line(rule), ...body.map(line)].join('\n')
}

function shown(cell: string | number): string {
  if (typeof cell === 'string') return cell
  return cell.toLocaleString('en-GB', { maximumFractionDigits: cell < 100 ? 2 : 0 })
}
