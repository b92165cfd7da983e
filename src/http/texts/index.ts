/**
 * What people read on our pages, in the language of this server. A page has no words of its own, and no language: it
 * takes both from here. Another language is a file beside `en.ts` that satisfies `Texts`.
 */

import { say as english } from './en.ts'

export type Texts = typeof english
export const say: Texts = english
