import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { html } from './html.ts'

test('what is put in is text, unless it is HTML made here', () => {
  assert.equal(
    html`<b title="${`"'`}">${'<script>&'}</b>`.text,
    '<b title="&quot;&#39;">&lt;script&gt;&amp;</b>',
  )
  assert.equal(html`<p>${html`<i>${'&'}</i>`}</p>`.text, '<p><i>&amp;</i></p>')
  assert.equal(html`${['<', html`<br>`]}${0}${null}${undefined}${false}`.text, '&lt;<br>0')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => assert.doesNotMatch(html`${text}`.text, /[<>"']/)),
  )
})
