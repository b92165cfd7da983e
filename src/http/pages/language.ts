/** What depends on a page's language beside its texts: how money and times are written, and what stays English everywhere. */

import { Refusal } from '../../catalog/refusal.ts'
import { type Amount, moneyText as moneyIn } from '../../domain/money/text.ts'
import { say } from '../texts/index.ts'
import { type Html, html } from './html.ts'

/** `€1,234.50` */
export function moneyText(amount: Amount): string {
  return moneyIn(amount, say.locale)
}

/** The clock of 24 hours, on every page: it is that of the hours which are typed in. */
export function timeFormat(timeZone: string, look: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const clock = look.hour === undefined ? {} : ({ hourCycle: 'h23' } as const)
  return new Intl.DateTimeFormat(say.locale, { timeZone, ...clock, ...look })
}

/** Of languages, countries or currencies, each by its code; of an unknown one its code. */
export function namesOf(type: 'language' | 'region' | 'currency'): (code: string) => string {
  const names = new Intl.DisplayNames(say.locale, { type })
  return code => names.of(code) ?? code
}

/** What the catalog is written in. */
const ENGLISH = 'en'
const isEnglish = new Intl.Locale(say.locale).language === ENGLISH

/** ` lang="en"`, for a tag whose text is the contract's; nothing where the page is in English anyway. */
export const markedEnglish: Html | false = !isEnglish && html` lang="${ENGLISH}"`

/**
 * What a tool says of itself, and why a call was refused, is the contract's: English, whoever reads it. On a page in
 * another language it is marked, so that it is read out as English (WCAG 2.2, 3.1.2).
 */
export function inEnglish(text: string | Html): Html {
  return isEnglish ? html`${text}` : html`<span${markedEnglish}>${text}</span>`
}

/** A refusal by a page itself, in its own words: what was typed in makes no call. */
export class PageRefusal extends Refusal {}

/** Why it was refused. */
export function reasonOf(refusal: Refusal): Html {
  return refusal instanceof PageRefusal ? html`${refusal.message}` : inEnglish(refusal.message)
}
