import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv, writeCsv } from './csv.ts'

const cells = (text: string) => readCsv(text).rows.map(row => row.cells)

test('BOM, CRLF, mixed line ends, quoted newlines and ; or tab for a comma are read', () => {
  assert.deepEqual(cells('\ufeffName,Note\r\nAna,"two\nlines"\nBea,x\rCid,y\r\n'), [
    ['Ana', 'two\nlines'],
    ['Bea', 'x'],
    ['Cid', 'y'],
  ])
  assert.deepEqual(cells('Name;Note\nAna;a,b'), [['Ana', 'a,b']])
  assert.deepEqual(cells('Name\tNote\nAna\ta'), [['Ana', 'a']])
  assert.deepEqual(cells('sep=;\r\nName;Note\r\nAna;a'), [['Ana', 'a']])
  assert.deepEqual(cells('"a;b;c;d",Name\n1,Ana'), [['1', 'Ana']])
})

test('duplicate headers are two columns with names of their own, and one without a name has its place', () => {
  assert.deepEqual(readCsv('Email,Email,,Email\na,b,c,d').headers, [
    'Email',
    'Email (2)',
    'Column 3',
    'Email (3)',
  ])
})

test('a hostile file is refused whole, with where and why', () => {
  for (const [text, why] of [
    ['', /names the columns/],
    [`Name\n${'x'.repeat(10_000_000)}`, /line 2 a row is longer/],
    [`${'c,'.repeat(100_000)}Name\n`, /row is longer|columns/],
    ['Name,Note\nAna,"never closed\nBea,x', /quote is opened/],
    ['N\u0000a\u0000m\u0000e\u0000', /NUL/],
    [`Name\n${'x\n'.repeat(60_000)}`, /rows/],
    [`${Array.from({ length: 300 }, (_, n) => `c${n}`).join()}\n`, /300 columns/],
  ] as const) {
    assert.throws(() => readCsv(text), { code: 'invalid_input', message: why })
  }
})

test('a short row and a long one are rows; an empty one is none', () => {
  assert.deepEqual(cells('Name,Note\nAna\n\n,\nBea,x,more'), [['Ana'], ['Bea', 'x', 'more']])
})

test('cells that start a formula are neutralised on export, and any text comes back as it was', () => {
  const csv = writeCsv(['Name'], [['=1+1'], ['+34'], ['-2'], ['@x'], ['\tx'], ['plain']])
  for (const line of csv.split('\r\n')) assert.doesNotMatch(line, /^"?[=+\-@\t]/)
  assert.deepEqual(cells(writeCsv(['a', 'b'], [['x"y\nz', 'p,q']])), [['x"y\nz', 'p,q']])
})
