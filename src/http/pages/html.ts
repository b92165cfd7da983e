/** A tagged template for HTML: what is put in is escaped, unless it is HTML made here. */

export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }

  /** Without its markup. */
  get plain(): string {
    return this.text.replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, entity => characters[entity] ?? entity)
  }
}

type Content = Html | string | number | null | undefined | false | Content[]

export function html(literals: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(String.raw({ raw: literals }, ...contents.map(textOf)))
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text
  if (Array.isArray(content)) return content.map(textOf).join('')
  if (content === null || content === undefined || content === false) return ''
  return escaped(String(content))
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!)
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const characters = Object.fromEntries(
  Object.entries(entities).map(([character, entity]) => [entity, character]),
)
