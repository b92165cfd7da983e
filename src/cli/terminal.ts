/**
 * What is shown and asked. Text from a server (names, notes, what a customer typed) is data: no character of it may
 * move the cursor, colour, forge a line or turn the direction of writing, so it is shown as a visible escape.
 */

import { stderr, stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Failure, usage } from './outcome.ts'

/** Controls, formats (with the bidirectional ones), the separators that end a line, and halves of surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The two joiners are part of emoji and of several scripts, and steer nothing. */
const JOINERS = new Set(['\u200c', '\u200d'])

/** One line, on which nothing acts. */
export function visible(text: string): string {
  return text.replace(UNSEEN, sign => (JOINERS.has(sign) ? sign : escaped(sign)))
}

function escaped(sign: string): string {
  const code = sign.codePointAt(0)!
  if (sign === '\n') return String.raw`\n`
  if (sign === '\t') return String.raw`\t`
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** JSON that says the same, and is safe to look at: JSON.stringify leaves DEL, C1 controls and bidirectional marks. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSEEN, sign =>
    sign === '\n'
      ? sign
      : sign
          .split('')
          .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
  )
}

export function say(line: string): void {
  stdout.write(`${line}\n`)
}

/** What is no result: a key to note down, a link, a warning. */
export function note(line: string): void {
  stderr.write(`${line}\n`)
}

/** A value as an outline that people read: `name: value`, what lies inside it indented. */
export function outline(value: unknown, indent = ''): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}(none)`]
    return value.flatMap(item => {
      const lines = outline(item, `${indent}  `)
      return [`${indent}- ${lines[0]?.trimStart() ?? ''}`, ...lines.slice(1)]
    })
  }
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
    if (fields.length === 0) return [`${indent}(empty)`]
    return fields.flatMap(([name, field]) => fieldLines(visible(name), field, indent))
  }
  return textLines(value).map(line => indent + line)
}

function fieldLines(name: string, value: unknown, indent: string): string[] {
  if (Array.isArray(value) && value.every(isScalar))
    return [`${indent}${name}: ${value.map(item => textLines(item).join(' ')).join(', ') || '(none)'}`]
  if (!isScalar(value)) return [`${indent}${name}:`, ...outline(value, `${indent}  `)]
  const lines = textLines(value)
  // Further lines of a text are marked, so that none can pass for a field.
  return [`${indent}${name}: ${lines[0]}`, ...lines.slice(1).map(line => `${indent}  | ${line}`)]
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

function textLines(value: unknown): string[] {
  return typeof value === 'string' ? value.split(/\r?\n/).map(visible) : [String(value)]
}

/** Columns as wide as their widest cell; the last one runs on. */
export function table(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]!.length))) ?? []
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/** @throws Failure `usage` at the end of input */
export async function ask(question: string): Promise<string> {
  return answerTo(question, stderr)
}

/** The same, and what is typed is not shown: neither before nor after the question is. */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const answer = answerTo('', nowhere) // From here on the terminal echoes nothing.
  stderr.write(question)
  try {
    return await answer
  } finally {
    stderr.write('\n')
  }
}

async function answerTo(question: string, output: Writable): Promise<string> {
  const lines = createInterface({ input: stdin, output, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('close', () => reject(usage('Nothing was answered.')))
      lines.question(question).then(resolve, reject)
    })
  } finally {
    lines.close()
  }
}

/** Everything on stdin, at most what the server takes as a body. */
export async function readStdin(): Promise<string> {
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > LARGEST) throw usage('What stands on stdin is larger than 1 MiB.')
  }
  return text
}

const LARGEST = 1024 * 1024

/** Says on a terminal that something takes its time; a log gets none of it. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (!stderr.isTTY) return work()
  const begun = Date.now()
  let shown = false
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - begun) / 1000)
    stderr.write(`\r\x1b[K${visible(what)} (${seconds} s)`)
    shown = true
  }, 1000)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (shown) stderr.write('\r\x1b[K')
  }
}

/** An error as it is shown: JSON where a program reads, else a sentence and what to do next. */
export function showFailure(failure: Failure, json: boolean): void {
  const { code, message, next_tools, details } = failure.body
  if (json) {
    say(jsonText(failure.body))
    return
  }
  note(`backdesk: ${visible(message)} [${visible(code)}]`)
  const issues = Array.isArray(details.issues) ? details.issues.slice(1, 10) : []
  for (const { path, message } of issues as { path?: string; message?: string }[])
    note(`  ${visible(`${path ? `${path}: ` : ''}${message}`)}`)
  if (next_tools.length > 0) note(`What helps from here: ${next_tools.map(visible).join(', ')}`)
}

/** Whatever was thrown, as a failure; what nobody foresaw stays what it is. */
export function asFailure(error: unknown): Failure | undefined {
  return error instanceof Failure ? error : undefined
}
