/** A real mail server on this machine, which a test tells how to treat whoever comes. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** What it does with a mail, in the order in which it may come to an end. */
export type Manner =
  | 'gives no greeting'
  | 'turns away'
  | 'defers the sender'
  | 'cuts off at the sender'
  | 'refuses'
  | 'defers'
  | 'cuts off at the recipient'
  | 'cuts off in the text'
  | 'refuses the text'
  | 'defers the text'
  | 'cuts off'
  | 'is silent'
  | 'takes'

export interface MailServer {
  /** For SMTP_URL. */
  url: string
  manner: Manner
  /** Whole, as they came, of those it took. */
  taken: string[]
  /** How often somebody came with a mail for somebody, however it ended. */
  tries: number
  /** How often somebody connected. */
  greeted: number
  /** How many have sent all and hear nothing. */
  readonly waiting: number
  /** How long it thinks before it says that it has taken a mail, which it has by then. */
  pause: () => number
  /** Answers those who were kept waiting, and takes their mail. */
  relent(): void
  stop(): Promise<void>
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}

const answers: Partial<Record<Manner, Error>> = {
  'turns away': answer(554, 'no service here'),
  'defers the sender': answer(451, '4.3.0 try again later'),
  refuses: answer(550, '5.1.1 <ada@studio.example>: no such user'),
  defers: answer(451, '4.3.0 <ada@studio.example>: try again later'),
  'refuses the text': answer(554, '5.7.1 for ada@studio.example: looks like spam'),
  'defers the text': answer(452, '4.3.1 no room'),
}

/** On the port given, to stand where another stood before. */
export async function startMailServer(t: Pick<TestContext, 'after'>, port = 0): Promise<MailServer> {
  const waiting: (() => void)[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onConnect(_session, answer) {
      mail.greeted++
      if (mail.manner !== 'gives no greeting') answer(reply('turns away'))
    },
    onMailFrom(_address, session, answer) {
      if (mail.manner === 'cuts off at the sender') return cutOff(session)
      answer(reply('defers the sender'))
    },
    onRcptTo(_address, session, answer) {
      mail.tries++
      if (mail.manner === 'cuts off at the recipient') return cutOff(session)
      answer(reply('refuses', 'defers'))
    },
    async onData(stream, session, answer) {
      if (mail.manner === 'cuts off in the text') return void stream.once('data', () => cutOff(session))
      const chunks = await stream.toArray().catch(() => null)
      if (!chunks) return // Whoever sent it is gone in the middle.
      const take = () => {
        mail.taken.push(Buffer.concat(chunks).toString())
        const pause = mail.pause()
        if (pause > 0) setTimeout(answer, pause)
        else answer()
      }
      if (mail.manner === 'cuts off') return cutOff(session)
      if (mail.manner === 'is silent') return void waiting.push(take)
      const refusal = reply('refuses the text', 'defers the text')
      if (refusal) return answer(refusal)
      take()
    },
  })
  server.on('error', () => {}) // Of connections that break, as some do here.
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')

  /** What it says where its manner is one of these, else that all is well. */
  function reply(...manners: Manner[]): Error | null {
    return manners.includes(mail.manner) ? answers[mail.manner]! : null
  }

  function cutOff({ id }: SMTPServerSession): void {
    for (const connection of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
      if (connection.id === id) connection._socket.destroy()
  }

  const mail: MailServer = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    manner: 'takes',
    taken: [],
    tries: 0,
    greeted: 0,
    pause: () => 0,
    get waiting() {
      return waiting.length
    },
    relent: () => {
      for (const take of waiting.splice(0)) take()
    },
    stop: () => new Promise(resolve => server.close(resolve)),
  }
  t.after(mail.stop)
  return mail
}
