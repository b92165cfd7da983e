/** Reads a PDF as a reader would: the text of each page, its spaces made one. */

import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'

export async function readPdf(bytes: Uint8Array): Promise<string[]> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS })
  const document = await task.promise
  const pages: string[] = []
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent()
    const text = items.map(item => ('str' in item ? item.str : '')).join(' ')
    pages.push(flat(text))
  }
  await task.destroy()
  return pages
}

/** Spaces of every kind as one: where a line breaks says nothing. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
