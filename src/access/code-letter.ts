/** A one-time code's mail, and its SMS, for whoever sends it or shows it. A business's name alone came from outside. */

import type { Letters } from './letters.ts'
import { escaped, mailFrame } from './mail-frame.ts'
import { type CodeMail, LIFETIME_MINUTES } from './one-time-codes.ts'

export interface Letter {
  subject: string
  text: string
  html: string
}

export function codeLetter(
  { language, code: words }: Letters,
  { purpose, code, business }: Pick<CodeMail, 'purpose' | 'code' | 'business'>,
): Letter {
  const where = business?.replace(/\s+/g, ' ') ?? 'Backdesk'
  const terms = words.terms(LIFETIME_MINUTES)
  return {
    subject: words.subject(code, where),
    text: `${words.text(code, purpose, where)} ${terms}`,
    html: mailFrame({
      language,
      title: words.title(where),
      content: `<p>${escaped(words.lead(purpose, where))}</p>
<p style="font-size: 32px; font-weight: 600; letter-spacing: 4px">${code}</p>
<p style="color: #5b6168">${escaped(terms)}</p>`,
    }),
  }
}
