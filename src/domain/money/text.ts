/** Money as a person reads it, exact: a number of euros would be rounded. */

export interface Amount {
  /** Minor units. */
  amount: number
  currency: string
}

/** `€1,234.50`, `¥500`, `KWD 1.250`; a language that Intl does not know is written as English. */
export function moneyText({ amount, currency }: Amount, language = 'en-GB'): string {
  const format = new Intl.NumberFormat([language, 'en'], { style: 'currency', currency })
  return format.format(majorUnits(amount, format.resolvedOptions().maximumFractionDigits!))
}

/** Decimal text. */
export function majorUnits(amount: number, digits: number): Intl.StringNumericLiteral {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const [whole, rest] = [text.slice(0, text.length - digits), text.slice(text.length - digits)]
  return `${amount < 0 ? '-' : ''}${whole}${digits > 0 ? `.${rest}` : ''}` as Intl.StringNumericLiteral
}
