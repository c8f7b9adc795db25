import type { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { DSNOptions, SMTPError } from 'nodemailer/lib/smtp-connection'
import type { Envelope, Outcome, Reply } from './outcome.ts'
import { classify, parseReply, type Stage } from './reply.ts'
import { isVerp } from './verp.ts'
import { onTheWire } from './wire.ts'

export interface Transaction {
  readonly outcome: Outcome
  /** What the session needs before the next message. */
  readonly after: 'nothing' | 'reset' | 'close'
}

/** A transaction whose MAIL, RCPT and DATA are on their way. */
export interface Begun {
  /** Asks `hand` once the relay said 354. `given` is called with the body and its dot written and not yet flushed. */
  complete(hand: () => Promise<boolean>, given: () => void): Promise<Transaction>
  /** The session ended without a word about this message. */
  abandon(): void
}

interface Sent {
  readonly error: SMTPError | null
  readonly reply: Reply | null
  readonly accepted: readonly string[]
}

const DOT = Buffer.from('.\r\n')

/**
 * Begins one message. To nodemailer the body is a stream, which it pipes to the socket once the relay said 354; what is
 * written here instead leaves in one write, and nothing is written before the hand. (Its own way looks at every octet in
 * JavaScript and builds streams for each message: a third of all the time that a message took.)
 * nodemailer's close() forgets a send in flight without a word, so the lane calls it only when a transaction is over.
 */
export function begin(connection: SMTPConnection, envelope: Envelope, message: Buffer): Begun {
  let state: 'withheld' | 'given' | 'forbidden' = 'withheld'
  let sent: Sent | null = null
  let goAhead = false
  let asked: (() => void) | null = null
  let over = (): void => {}

  /** From now on the body stays here, whatever the hand says. */
  const end = (news: Sent): void => {
    if (sent) return
    if (state === 'withheld') state = 'forbidden'
    sent = news
    over()
  }
  const failed = (why: string, code?: string): void =>
    end({ error: Object.assign(new Error(why), code === undefined ? {} : { code }), reply: null, accepted: [] })

  const body = bodyOf(() => {
    // nodemailer also takes a 2yz for the go-ahead. Only a 354 is (RFC 5321 §4.1.1.4): anything else is an answer to
    // another command, and the session is out of step.
    if (!/^354/.test(String(connection.lastServerResponse))) return failed('DATA without a 354', 'ESTREAM')
    goAhead = true
    asked?.()
  })
  const asks = isVerp(envelope.from) ? { dsn: reportOn(envelope) } : {}
  connection.send({ from: envelope.from, to: [envelope.to], size: message.length, ...asks }, body, (error, info) =>
    end({ error, reply: replyIn(error ?? info ?? {}), accepted: info?.accepted ?? [] }),
  )

  return {
    abandon: () => failed('the connection ended'),
    async complete(hand, given) {
      let handing: Promise<boolean> | null = null
      const give = (): void => {
        const socket = connection._socket
        if (state !== 'withheld' || !socket) return
        state = 'given'
        // One system call and one segment for the body, its dot and what `given` writes.
        socket.cork()
        socket.write(onTheWire(message))
        socket.write(DOT)
        given()
        socket.uncork()
      }
      const news = await new Promise<Sent>((resolve) => {
        over = () => sent && resolve(sent)
        asked = () => {
          handing = (async () => hand())()
          handing.then(
            (ours) => (ours ? give() : failed('withheld', 'ESTREAM')),
            () => failed('the hand failed', 'ESTREAM'),
          )
        }
        if (sent) over()
        else if (goAhead) asked()
      })
      let ours: boolean | null
      try {
        ours = await handing
      } catch (error) {
        connection.close()
        throw error
      }
      if (ours === false) return { outcome: { kind: 'withheld' }, after: 'close' }
      return state === 'given' ? afterBody(connection, news, envelope) : beforeBody(news, ours !== null)
    },
  }
}

/**
 * What a report of failure is to say, where the relay offers DSN (RFC 3461 §4): the sender that proves which copy it is
 * about, should the report come to another address, and whom we wrote to, should it have been passed on from there. An
 * address beyond ASCII would need a type of its own (RFC 6533 §4).
 */
const reportOn = ({ from, to }: Envelope): DSNOptions => ({
  ret: 'HDRS',
  envid: from,
  notify: 'FAILURE',
  ...(/^[!-~]+$/.test(to) ? { orcpt: to } : {}),
})

/** A body as nodemailer wants one, of which it uses no more than this: `pipe` follows the go-ahead. */
function bodyOf(onGoAhead: () => void): Readable {
  const body = { on: () => body, removeListener: () => body, destroy: () => body, pipe: onGoAhead }
  return body as unknown as Readable
}

/** What is replaced in nodemailer's session below, and what stays of it. */
interface SessionInside {
  readonly _responseActions: ((reply: string) => void)[]
  _actionSMTPStream(reply: string, done: Done): void
  _createSendStream(done: Done): { readonly outByteCount: number }
}
type Done = (error: SMTPError | null, reply?: string) => void

/**
 * Once a connection: the stream that doubles dots is not built, piped to the socket and taken off it again for each
 * message, since no body goes through it; what stays is the wait for the reply to the dot.
 */
export function withoutDotStream(connection: SMTPConnection): SMTPConnection {
  const inside = connection as unknown as SessionInside
  inside._createSendStream = (done) => {
    inside._responseActions.push((reply) => inside._actionSMTPStream(reply, done))
    return { outByteCount: 0 }
  }
  return connection
}

/** The server's answer in an error or a result of nodemailer; null where none came. */
export function replyIn({ response }: { response?: string | undefined }): Reply | null {
  const reply = response ? parseReply(response) : null
  return reply?.code ? reply : null
}

/** What to say where no answer came: the socket's own words, which carry no address. */
export function silence(error: SMTPError | null): string {
  const fromSocket = ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS', 'ETLS', 'ESTREAM', undefined]
  return error && fromSocket.includes(error.code) ? error.message : (error?.code ?? 'nothing was heard')
}

function beforeBody({ error, reply }: Sent, asked: boolean): Transaction {
  // A relay that spoke while the body was still awaited has a session out of step with ours.
  const after = asked ? 'close' : 'reset'
  if (!reply || reply.code < 400) {
    const why = reply ? `an answer out of turn: ${reply.code}` : silence(error)
    const outOfStep = reply || error?.code === 'ESTREAM'
    return { outcome: { kind: 'unreached', why, class: outOfStep ? 'protocol' : null }, after: 'close' }
  }
  const replyClass = classify(reply, stageOf(error))
  if (replyClass === 'session-end' || replyClass === 'auth') {
    const why = `${reply.code} before the body`
    return { outcome: { kind: 'unreached', why, class: replyClass, reply }, after: 'close' }
  }
  return { outcome: { kind: reply.code < 500 ? 'deferred' : 'rejected', reply, class: replyClass }, after }
}

function afterBody(connection: SMTPConnection, { error, reply, accepted }: Sent, envelope: Envelope): Transaction {
  // An answer while octets of the body still wait in the socket came before the dot: the next command would become
  // part of the body, so the session ends here.
  const early = (connection._socket || null)?.writableLength !== 0
  // Only 4yz and 5yz say that the message is still ours (RFC 5321 §4.2.1). A 354 here, say, says nothing.
  if (!reply || (error && reply.code < 400)) {
    const why = reply ? `${reply.code} after the body is no answer` : `no reply after the body: ${silence(error)}`
    return { outcome: { kind: 'uncertain', why }, after: 'close' }
  }
  if (error) {
    const outcome = { kind: reply.code < 500 ? 'deferred' : 'rejected', reply, class: classify(reply, 'dot') } as const
    // No RSET: a transaction is over with the reply to its dot (RFC 5321 §4.1.1.4), and the next may have begun.
    return { outcome, after: early || reply.code === 421 ? 'close' : 'nothing' }
  }
  if (early) return { outcome: { kind: 'uncertain', why: 'accepted before the dot' }, after: 'close' }
  if (accepted.length !== 1 || accepted[0] !== envelope.to) {
    return { outcome: { kind: 'uncertain', why: 'accepted for other recipients than the one meant' }, after: 'close' }
  }
  return { outcome: { kind: 'accepted', reply }, after: 'nothing' }
}

function stageOf(error: SMTPError | null): Stage {
  if (error?.command === 'RCPT TO') return 'rcpt'
  return error?.command === 'DATA' ? 'data' : 'mail'
}
