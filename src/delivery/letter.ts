/** A message as a mail: its text as it is, and the same in HTML. Whatever the text says, it becomes no markup and no header. */

import type { Letter } from '../access/code-letter.ts'
import { escaped, mailFrame } from '../access/mail-frame.ts'

export type { Letter } from '../access/code-letter.ts'

export interface Words {
  /** BCP 47. */
  language: string
  subject: string | null
  body: string
}

/** The same words make the same letter, to the byte: a provider compares what comes under one key. */
export function letterOf({ language, subject, body }: Words): Letter {
  const text = body.replace(/\r\n?/g, '\n')
  const title = oneLine(subject ?? '')
  return { subject: title, text, html: mailFrame({ language, title, content: paragraphs(text) }) }
}

/** A header ends at a line break (RFC 5322, section 2.2). */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim()
}

/** An empty line parts paragraphs. A link stays text: what it shows is where it leads. */
function paragraphs(text: string): string {
  return text
    .split(/\n[^\S\n]*\n\s*/)
    .filter(paragraph => paragraph.trim() !== '')
    .map(paragraph => `<p>${escaped(paragraph.trim()).replaceAll('\n', '<br>\n')}</p>`)
    .join('\n')
}
