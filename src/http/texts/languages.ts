/**
 * The languages of our pages. To add one: a file beside `en.ts` that satisfies `Texts`, its parts in files of their own
 * where it is long, and its line below. A server speaks one of them, to everybody: BACKDESK_LANGUAGE (src/config.ts).
 * test/language.test.ts starts a server in a made-up one, and finds on its pages no word of English that is none of the
 * business's own, nor of the tools, which are English everywhere and marked as such.
 */

import { say as en } from './en.ts'

export type Texts = typeof en

/** By their BCP 47 tag. */
export const languages: Record<string, Texts> = { en }
