import assert from 'node:assert/strict'
import { test } from 'node:test'
import { letterOf } from './letter.ts'

const words = { language: 'en', subject: 'Hello', body: 'One\ntwo\n\nthree' }

test('an empty line parts paragraphs, and the text stays as it was', () => {
  const { subject, text, html } = letterOf(words)
  assert.deepEqual([subject, text], ['Hello', words.body])
  assert.match(html, /<html lang="en">/)
  assert.ok(html.includes('<p>One<br>\ntwo</p>\n<p>three</p>'), html)
})

test('whatever a text says becomes no markup, no link and no header', () => {
  const hostile = `</p><script>alert(1)</script> \${x} {{y}} <img src=x onerror=a> " ' & https://evil.example`
  const { subject, html } = letterOf({
    language: '"><script>',
    subject: 'Hi\r\nBcc: all@evil.example\u0000</title><script>',
    body: hostile,
  })
  assert.equal(subject, 'Hi Bcc: all@evil.example </title><script>')
  assert.deepEqual(
    [...html.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag),
    ['html', 'head', 'meta', 'title', 'title', 'head', 'body', 'p', 'p', 'body', 'html'],
  )
  assert.doesNotMatch(html, /href|src=x o[^n]/)
  assert.ok(html.includes('&lt;/p&gt;&lt;script&gt;alert(1)') && html.includes('{x} {{y}}'))
})

test('the same words make the same letter', () => {
  assert.deepEqual(letterOf(words), letterOf({ ...words }))
})
