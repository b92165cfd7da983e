/** A text as it is compared: without case, accents, invisible characters and doubled spaces. Every script is kept. */

/** The same text however it was typed: `fold('  José  GARCÍA ') === 'jose garcia'`. Folding twice is folding once. */
export function fold(text: string): string {
  const plain = text
    .toWellFormed()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .toUpperCase() // Takes ß to SS, as lower case alone does not, and ı to I.
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replace(SINGLE, letter => singles[letter]!)
  return plain.normalize('NFKC').replace(/\s+/g, ' ').trim()
}

/**
 * The accents of Latin, Greek and Cyrillic. Not every mark: a Japanese が without its mark is another sound, and the
 * vowels of Hindi and Thai are marks.
 */
const ACCENTS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]/g

/** Joiners, direction marks and soft hyphens, which come along when a name is pasted. */
const INVISIBLE = /\p{Cf}/gu

/** What Unicode does not take apart, and keyboards elsewhere do not have; quotes and dashes that phones put in. */
const singles: Record<string, string> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ς: 'σ', // Lower case gives a word's last Σ this form.
  '‘': "'",
  '’': "'",
  '‐': '-',
  '–': '-',
}
const SINGLE = new RegExp(`[${Object.keys(singles).join('')}]`, 'g')
