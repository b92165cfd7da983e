/** What a reviewer changed of a text, word by word: what is gone struck out, what has come beside it. */

import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { packed, pieces } from '../pages/parts.ts'

/** One paragraph, or of long texts as many as it takes. */
export function difference(before: string, after: string): Html[] {
  const runs = runsOf(before, after).flatMap(({ kind, text }) => pieces(text, part => marked(kind, part)))
  return packed(runs).map(group => html`<p class="difference" dir="auto">${group}</p>`)
}

function marked(kind: Kind, text: string): Html {
  return {
    same: outside(text),
    gone: html`<del>${outside(text)}</del>`,
    come: html`<ins>${outside(text)}</ins>`,
  }[kind]
}

type Kind = 'same' | 'gone' | 'come'
interface Run {
  kind: Kind
  text: string
}

/** 700 words against 700 take 20 ms; longer texts are shown as one struck out and one put in. */
const MOST_CELLS = 2_000_000

/** The two texts as runs of words, by their longest common subsequence. */
export function runsOf(before: string, after: string): Run[] {
  const [old, fresh] = [wordsOf(before), wordsOf(after)]
  if (old.length * fresh.length > MOST_CELLS) return joined([...as('gone', old), ...as('come', fresh)])
  const common = commonLengths(old, fresh)
  const steps: Run[] = []
  let [i, j] = [0, 0]
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) {
      steps.push({ kind: 'same', text: old[i]! })
      i++
      j++
    } else if (common[i + 1]![j]! >= common[i]![j + 1]!) steps.push({ kind: 'gone', text: old[i++]! })
    else steps.push({ kind: 'come', text: fresh[j++]! })
  }
  return joined([...steps, ...as('gone', old.slice(i)), ...as('come', fresh.slice(j))])
}

/** Words, and what stands between them. */
function wordsOf(text: string): string[] {
  return text.split(/(\s+)/).filter(word => word !== '')
}

/** `[i][j]`: how many words are common to what begins there in each. */
function commonLengths(old: string[], fresh: string[]): Uint16Array[] {
  const rows = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const [row, below] = [rows[i]!, rows[i + 1]!]
      row[j] = old[i] === fresh[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!)
    }
  }
  return rows
}

function as(kind: Kind, words: string[]): Run[] {
  return words.map(text => ({ kind, text }))
}

function joined(steps: Run[]): Run[] {
  const runs: Run[] = []
  for (const { kind, text } of steps) {
    const last = runs.at(-1)
    if (last?.kind === kind) last.text += text
    else runs.push({ kind, text })
  }
  return runs
}
