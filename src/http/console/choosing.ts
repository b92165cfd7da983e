/**
 * One of as many as a business has. Of a few a select lists all; of more it lists some, and beside it stands a search
 * that lists others instead: a form that is sent as it is, with no script, and a page that stays light.
 */

import { fold } from '../../domain/customers/fold.ts'
import { type Html, html } from '../pages/html.ts'
import { say } from '../texts/index.ts'
import { type Choice, choice, field, type Query } from './kit.ts'
import { firstLine } from './words.ts'

export interface Named {
  id: string
  name: string
}

/** Which of them are listed, and which of those is chosen. */
export interface Choosing<Row extends Named> {
  name: keyof typeof say.choosing.find
  listed: Row[]
  chosen: Row | undefined
  /** What is searched for, and how many are called so. */
  text: string
  found: number
  all: number
}

/** In a select. A page may have three, of names of 60 characters each. */
const MOST_CHOICES = 40

/** @param query has the id of the one that is chosen by `name`, and by `find_…` what is searched for: a choice that is not called so is none any more */
export function choosing<Row extends Named>(
  name: Choosing<Row>['name'],
  rows: Row[],
  query: Query,
): Choosing<Row> {
  const text = rows.length > MOST_CHOICES ? (query[`find_${name}`] ?? '').trim().slice(0, 200) : ''
  const found = text ? rows.filter(isCalled(text)) : []
  const among = found.length > 0 ? found : rows
  const chosen = found.length === 1 ? found[0] : among.find(({ id }) => id === query[name])
  const first = among.slice(0, MOST_CHOICES)
  const listed = !chosen || first.includes(chosen) ? first : [chosen, ...first.slice(1)]
  return { name, listed, chosen, text, found: found.length, all: rows.length }
}

/** Every word of it, in any order, however it is spelled. */
function isCalled(text: string): (row: Named) => boolean {
  const words = fold(text).split(' ')
  return ({ name }) => {
    const folded = fold(name)
    return words.every(word => folded.includes(word))
  }
}

/** @param first the choice of none of them */
export function chooser(title: string, { name, listed, chosen }: Choosing<Named>, first?: Choice): Html {
  const choices = listed.map(({ id, name }): Choice => [id, firstLine(name, 60)])
  return choice(name, title, first ? [first, ...choices] : choices, chosen?.id)
}

/** The search beside it; nothing where all of them are in the list. */
export function finder(made: Choosing<Named>): Html | false {
  const { name, text } = made
  const hint = hintOf(made)
  return isCut(made) && field(`find_${name}`, say.choosing.find[name], text, { type: 'search', hint })
}

/** The searches of a form whose fields stand in a row, below them. @param look the button, where the form's own does something else */
export function finders(all: Choosing<Named>[], look?: Html): Html | false {
  return all.some(isCut) && html`<div class="finders">${all.map(finder)}${look}</div>`
}

function isCut({ all }: Choosing<Named>): boolean {
  return all > MOST_CHOICES
}

function hintOf({ listed: { length: listed }, text, found, all }: Choosing<Named>): string {
  if (!text) return say.choosing.some(listed, all)
  if (found === 0) return say.choosing.none(text, listed)
  return listed < found ? say.choosing.someFound(listed, found) : say.choosing.found(found)
}
