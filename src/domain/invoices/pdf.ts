/**
 * A paper as a PDF: A4, its font inside, and the same bytes for the same paper, since a mail provider compares what
 * comes under one key. Lines go over pages, each with the head of the table; a total is never alone on one.
 */

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import PDFDocument from 'pdfkit'
import type { Paper, PaperLine, Row } from './paper.ts'

type Doc = InstanceType<typeof PDFDocument>

/** Something that is not cut in two by the end of a page. */
interface Block {
  height: number
  draw(y: number): void
  /** It stays on one page with what follows. */
  holds?: boolean
  /** What a page begins with that begins with this. */
  head?: Block
}

/** Points, of which A4 has 595 by 842. */
const PAGE = { width: 595.28, left: 48, right: 547.28, top: 48, bottom: 782, footer: 800 }
const WIDTH = PAGE.right - PAGE.left
const LEADING = 2
const INK = '#1d1c19'
const QUIET = '#605c54'
const LINE = '#d8d2c6'
const ACCENT = '#17695a'

export async function pdfOf(paper: Paper): Promise<Buffer> {
  const doc = open(paper)
  const chunks: Buffer[] = []
  doc.on('data', chunk => chunks.push(chunk))
  const ended = once(doc, 'end')
  layOut(doc, paper, [
    ...headBlocks(doc, paper),
    ...tableBlocks(doc, paper),
    ...paper.flows.flatMap(flow => flowBlocks(doc, flow)),
    ...wordsBlocks(doc, paper.memo, 9, INK),
    ...wordsBlocks(doc, paper.issuer.footer, 8, QUIET),
  ])
  numberPages(doc, paper)
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

/** `invoice-2030-0007.pdf`; whatever a prefix has in it, it is one name. */
export function fileNameOf({ kind, number }: Pick<Paper, 'kind' | 'number'>): string {
  const name = `${kind} ${number ?? 'draft'}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `${name}.pdf`
}

function open({ kind, number, issuer, madeAt, words }: Paper): Doc {
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0, // Pages are broken here, not there.
    bufferPages: true,
    autoFirstPage: false,
    lang: words.locale,
    displayTitle: true,
    info: {
      Title: plain(words.named(kind, number)),
      Author: plain(issuer.name),
      CreationDate: new Date(madeAt.epochMilliseconds),
    },
  })
  doc.registerFont('text', fontFile('DejaVuSans.ttf'))
  doc.registerFont('bold', fontFile('DejaVuSans-Bold.ttf'))
  return doc
}

function fontFile(name: string): string {
  return fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`))
}

/** Those that hold together go on the next page together, where a page has room for them at all. */
function layOut(doc: Doc, paper: Paper, blocks: Block[]): void {
  let y = begin(doc, paper)
  let isTop = true
  const room = PAGE.bottom - PAGE.top
  const put = (block: Block) => {
    if (isTop && block.head) {
      block.head.draw(y)
      y += block.head.height
    }
    block.draw(y)
    y += block.height
    isTop = false
  }
  const breakBefore = (height: number) => {
    if (isTop || y + height <= PAGE.bottom) return
    y = begin(doc, paper)
    isTop = true
  }
  for (const group of groupsOf(blocks)) {
    const height = group.reduce((sum, block) => sum + block.height, 0)
    if (height + (group[0]!.head?.height ?? 0) <= room) {
      breakBefore(height)
      for (const block of group) put(block)
    } else {
      for (const block of group) {
        breakBefore(block.height)
        put(block)
      }
    }
  }
}

function groupsOf(blocks: Block[]): Block[][] {
  const groups: Block[][] = []
  let open: Block[] = []
  for (const block of blocks) {
    open.push(block)
    if (block.holds) continue
    groups.push(open)
    open = []
  }
  return open.length > 0 ? [...groups, open] : groups
}

/** @returns where its content begins */
function begin(doc: Doc, { mark, words }: Paper): number {
  doc.addPage()
  if (mark) {
    const middle = { x: PAGE.width / 2, y: 421 }
    doc
      .save()
      .rotate(-52, { origin: [middle.x, middle.y] })
      .fillOpacity(0.09)
      .fillColor(INK)
    doc.font('bold').fontSize(130)
    doc.text(words.marks[mark].toLocaleUpperCase(words.locale), middle.x - 420, middle.y - 75, {
      width: 840,
      align: 'center',
    })
    doc.restore()
  }
  return PAGE.top
}

/** Who issues, to whom, and which document this is. */
function headBlocks(doc: Doc, paper: Paper): Block[] {
  const { issuer, customer, kind, facts, standing, mark, words: said } = paper
  const half = WIDTH / 2 - 12
  const from = [
    words(doc, issuer.name, { font: 'bold', size: 13, width: half }),
    ...(issuer.address ? [words(doc, issuer.address, { size: 9, colour: QUIET, width: half })] : []),
    ...issuer.tax_ids.map(id => words(doc, said.taxId(id), { size: 9, colour: QUIET, width: half })),
  ]
  const right = { left: PAGE.left + half + 24, width: half }
  const what = [
    words(doc, mark ? said.marked(kind, mark) : said.titles[kind], { font: 'bold', size: 20, ...right }),
    space(6),
    ...facts.map(fact => pair(doc, fact, right)),
  ]
  const to = [
    words(doc, said.for, { size: 8, colour: QUIET, width: half }),
    words(doc, customer.name, { font: 'bold', size: 11, width: half }),
    ...[customer.email, customer.phone].flatMap(line =>
      line ? [words(doc, line, { size: 9, colour: QUIET, width: half })] : [],
    ),
  ]
  return [
    beside(column(from), column(what)),
    space(24),
    column(to),
    space(18),
    words(doc, standing.text, {
      font: 'bold',
      size: 10,
      colour: standing.tone === 'late' ? '#a5281b' : ACCENT,
    }),
    space(14),
  ]
}

interface Column {
  left: number
  width: number
  align: 'left' | 'right'
  text(line: PaperLine): string
}

/** A credit note's lines have no quantity. */
function columnsOf(lines: PaperLine[]): Column[] {
  const counted = lines.some(({ quantity }) => quantity !== '')
  const right = (left: number, width: number, text: Column['text']): Column => ({
    left: PAGE.left + left,
    width,
    align: 'right',
    text,
  })
  return [
    { left: PAGE.left, width: counted ? 185 : 320, align: 'left', text: line => line.description },
    ...(counted ? [right(190, 32, line => line.quantity), right(226, 100, line => line.unitPrice)] : []),
    right(330, 46, line => line.tax),
    right(380, WIDTH - 380, line => line.amount),
  ]
}

/** The last line and all that it comes to are on one page. */
function tableBlocks(doc: Doc, paper: Paper): Block[] {
  const columns = columnsOf(paper.lines)
  const titles: PaperLine = {
    description: paper.words.description,
    note: null,
    quantity: paper.words.quantity,
    unitPrice: paper.words.unitPrice,
    tax: paper.words.tax,
    amount: paper.amountHead,
  }
  const head = lineBlock(doc, columns, titles, { font: 'bold', size: 8, colour: QUIET })
  const lines = paper.lines.map(line => ({
    ...lineBlock(doc, columns, line, { font: 'text', size: 9, colour: INK }),
    head,
  }))
  const totals = paper.totals.map(total => totalBlock(doc, total))
  const held = (block: Block): Block => ({ ...block, holds: true })
  return [
    held(head),
    ...lines.slice(0, -1),
    ...lines.slice(-1).map(held),
    held(space(6)),
    ...totals.slice(0, -1).map(held),
    ...totals.slice(-1),
    space(10),
  ]
}

interface Look {
  font?: 'text' | 'bold'
  size: number
  colour?: string
}

function lineBlock(doc: Doc, columns: Column[], line: PaperLine, look: Look): Block {
  const cells = columns.map(column => words(doc, oneLine(column.text(line)), { ...look, ...column }))
  const notes = line.note
    ? [words(doc, line.note, { size: 8, colour: QUIET, left: columns[0]!.left, width: columns[0]!.width })]
    : []
  const whole = beside(column([cells[0]!, ...notes]), ...cells.slice(1))
  return {
    height: whole.height + 9,
    draw(y) {
      whole.draw(y + 4)
      rule(doc, y + whole.height + 8.5, PAGE.left)
    },
  }
}

function totalBlock(doc: Doc, { label, value, strong }: Row): Block {
  const look = { size: strong ? 11 : 9, font: strong ? 'bold' : 'text' } as const
  const left = PAGE.left + 150
  const whole = beside(
    words(doc, label, { ...look, left, width: 180, colour: strong ? INK : QUIET }),
    words(doc, value, { ...look, left: PAGE.left + 335, width: WIDTH - 335, align: 'right' }),
  )
  return {
    height: whole.height + (strong ? 9 : 4),
    draw(y) {
      if (strong) rule(doc, y + 1, left)
      whole.draw(y + (strong ? 5 : 2))
    },
  }
}

function flowBlocks(doc: Doc, { title, rows }: Paper['flows'][number]): Block[] {
  const heading = words(doc, title, { font: 'bold', size: 10 })
  return [
    { ...space(10), holds: true },
    { ...heading, height: heading.height + 3, holds: true },
    ...rows.map(row => pair(doc, row, { left: PAGE.left, width: WIDTH })),
  ]
}

/** A text of any length, paragraph by paragraph. */
function wordsBlocks(doc: Doc, text: string | null, size: number, colour: string): Block[] {
  if (text === null) return []
  const paragraphs = text.split(/\r\n|[\n\r\u2028\u2029]/)
  return [space(14), ...paragraphs.map(paragraph => words(doc, paragraph || ' ', { size, colour }))]
}

function pair(doc: Doc, { label, value }: Row, { left, width }: { left: number; width: number }): Block {
  const split = Math.min(width * 0.45, 200)
  return beside(
    words(doc, label, { size: 9, colour: QUIET, left, width: split - 6 }),
    words(doc, value, { size: 9, left: left + split, width: width - split }),
  )
}

function words(
  doc: Doc,
  text: string,
  {
    font = 'text',
    size,
    colour = INK,
    left = PAGE.left,
    width = WIDTH,
    align = 'left',
  }: Look & { left?: number; width?: number; align?: 'left' | 'right' },
): Block {
  const shown = plain(text)
  const options = { width, align, lineGap: LEADING }
  const height = doc.font(font).fontSize(size).heightOfString(shown, options)
  return {
    height,
    draw: y => void doc.font(font).fontSize(size).fillColor(colour).text(shown, left, y, options),
  }
}

function column(blocks: Block[]): Block {
  return {
    height: blocks.reduce((sum, { height }) => sum + height, 0),
    draw(y) {
      let at = y
      for (const block of blocks) {
        block.draw(at)
        at += block.height
      }
    },
  }
}

function beside(...blocks: Block[]): Block {
  return {
    height: Math.max(...blocks.map(({ height }) => height)),
    draw: y => blocks.forEach(block => void block.draw(y)),
  }
}

function space(height: number): Block {
  return { height, draw: () => undefined }
}

function rule(doc: Doc, y: number, left: number): void {
  doc.moveTo(left, y).lineTo(PAGE.right, y).lineWidth(0.5).strokeColor(LINE).stroke()
}

function numberPages(doc: Doc, { kind, number, issuer, words }: Paper): void {
  const { count } = doc.bufferedPageRange()
  const name = plain(words.foot(issuer.name, kind, number))
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page)
    doc.font('text').fontSize(8).fillColor(QUIET)
    doc.text(name, PAGE.left, PAGE.footer, { width: WIDTH - 100, height: 12, ellipsis: true })
    doc.text(words.page(page + 1, count), PAGE.right - 90, PAGE.footer, { width: 90, align: 'right' })
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** Without what hides or reorders text, and what no font draws. */
function plain(text: string): string {
  return text.replace(
    /[\p{Cc}--[\n]]|[\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/gv,
    '',
  )
}
