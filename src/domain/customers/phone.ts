/** Phone numbers: written in any way, stored in E.164 with the extension apart, and found by a part of them. */

import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { Refusal } from '../../catalog/refusal.ts'

export interface Phone {
  /** `+442079460958` */
  e164: string
  extension: string | null
}

/**
 * Reads a number as a person wrote it. A number that cannot exist is refused; one that nobody may have been given is
 * not, since numbering plans change faster than libraries.
 * @param country ISO 3166, for numbers without a country code
 * @throws Refusal `invalid_input` with the reason
 */
export function readPhone(text: string, country: string): Phone {
  const phone = parse(text, country)
  if (typeof phone !== 'string') return phone
  throw new Refusal('invalid_input', `phone: ${faults[phone]}`, {
    field: 'phone',
    reason: phone.toLowerCase(),
    default_country: country,
  })
}

/**
 * What stored numbers are searched for: `whole` in E.164 where `text` may be a number, `parts` where it may be one of one;
 * neither when it is not. A part may begin as people dial it: 0044…, 020….
 */
export function phoneParts(text: string, country: string): { whole: string | null; parts: string[] } {
  const phone = parse(text, country)
  const whole = typeof phone === 'string' ? null : phone.e164
  const digits = text.replace(/\D/g, '')
  const isDialled = /^[+\d\s()./-]+$/.test(text) && digits.length >= FEWEST_DIGITS
  return { whole, parts: isDialled ? [digits.replace(/^0+(?=\d)/, '')] : [] }
}

const FEWEST_DIGITS = 3

type Fault = NonNullable<ReturnType<typeof validatePhoneNumberLength>>

const faults: Record<Fault, string> = {
  INVALID_COUNTRY: 'Its country is not known. Begin with + and the country code, as in +442079460958.',
  NOT_A_NUMBER: 'Expected a phone number, as in +442079460958.',
  TOO_SHORT: 'Too short to be a number there.',
  TOO_LONG: 'Too long to be a number there.',
  INVALID_LENGTH: 'No number there is of this length.',
}

function parse(text: string, country: string): Phone | Fault {
  const reading = {
    defaultCountry: isSupportedCountry(country) ? (country satisfies CountryCode) : undefined,
    extract: false, // The whole text, not a number that stands somewhere in it.
  }
  const fault = validatePhoneNumberLength(text, reading)
  if (fault) return fault
  const number = parsePhoneNumberFromString(text, reading)!
  if (number.number.length > LONGEST) return 'TOO_LONG' // Germany's plan allows more than E.164 does.
  return { e164: number.number, extension: number.ext ?? null }
}

const LONGEST = 1 + 15
