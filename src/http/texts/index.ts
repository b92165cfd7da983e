/**
 * What people read on our pages, in the language of this server. A page has no words of its own, and no language: it
 * takes both from here. How another is added stands in `languages.ts`.
 */

import { languages, type Texts } from './languages.ts'

export type { Texts }

/** Chosen as the process begins, since pages are made of it; that it is one of them, `config.ts` sees to. */
export const say: Texts = languages[process.env.BACKDESK_LANGUAGE ?? ''] ?? languages.en!
