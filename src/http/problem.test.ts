import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { Refusal, vocabulary } from '../catalog/refusal.ts'
import { answerProblems, titleOf } from './problem.ts'

function appThatThrows(thrown: unknown) {
  const app = Fastify()
  answerProblems(app, 'https://desk.example')
  app.get('/', async () => {
    throw thrown
  })
  return app.inject('/')
}

test('what nobody foresaw says its request id and nothing else', async () => {
  for (const thrown of [
    new Error('password=hunter2'),
    new TypeError('x is undefined'),
    'text',
    { statusCode: 500 },
  ]) {
    const answer = await appThatThrows(thrown)
    assert.deepEqual([answer.statusCode, answer.json().code], [500, 'internal'])
    assert.doesNotMatch(answer.body, /hunter2|undefined|text/)
    assert.equal(answer.json().details.request_id, answer.json().request_id)
  }
})

test('an overloaded server says so and when to come back, and does not call it a fault', async () => {
  const answer = await appThatThrows({
    code: 'FST_UNDER_PRESSURE',
    statusCode: 503,
    message: 'Service Unavailable',
  })
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '10'])
  assert.deepEqual([answer.json().code, answer.json().retryable], ['rate_limited', true])
})

test('every code of the vocabulary has its status and a title', async () => {
  for (const code of Object.keys(vocabulary) as (keyof typeof vocabulary)[]) {
    const answer = await appThatThrows(new Refusal(code, 'Because.'))
    const { status, title, type } = answer.json()
    assert.deepEqual(
      [answer.statusCode, status, title],
      [vocabulary[code].status, vocabulary[code].status, titleOf(code)],
    )
    assert.equal(type, `https://desk.example/errors/${code}`)
  }
})
