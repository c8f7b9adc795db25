import { Readable, Transform } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPError } from 'nodemailer/lib/smtp-connection'
import type { Envelope, Outcome, Reply } from './outcome.ts'
import { classify, parseReply, type Stage } from './reply.ts'

export interface Submission {
  readonly envelope: Envelope
  readonly message: Buffer
  readonly hand: () => Promise<boolean>
  /** Registers whom to wake if the session ends without a word. */
  readonly onAbandon: (wake: () => void) => void
}

export interface Transaction {
  readonly outcome: Outcome
  /** What the session needs before the next message. */
  readonly after: 'nothing' | 'reset' | 'close'
}

/**
 * One MAIL, RCPT, DATA, body. The body is a Readable whose first read follows the 354; it waits there for the hand.
 * nodemailer's close() forgets a send in flight without a word, so the lane calls it only after this came back.
 */
export async function transact(connection: SMTPConnection, submission: Submission): Promise<Transaction> {
  const { envelope, message, hand, onAbandon } = submission
  const body = withheldBody(connection, message, hand)
  const sent = await new Promise<Sent>((resolve) => {
    const over = (news: Sent) => {
      body.forbid()
      resolve(news)
    }
    onAbandon(() => over({ error: new Error('the connection ended'), reply: null, accepted: [] }))
    const wire = { from: envelope.from, to: [envelope.to], size: message.length }
    connection.send(wire, body.stream, (error, info) =>
      over({ error, reply: replyIn(error ?? info ?? {}), accepted: info?.accepted ?? [] }),
    )
  })
  let ours: boolean | null
  try {
    ours = await body.handed()
  } catch (error) {
    connection.close()
    throw error
  }
  if (ours === false) return { outcome: { kind: 'withheld' }, after: 'close' }
  return body.given() ? afterBody(connection, sent, envelope) : beforeBody(sent, ours !== null)
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

interface Sent {
  readonly error: SMTPError | null
  readonly reply: Reply | null
  readonly accepted: readonly string[]
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
    return { outcome, after: early || reply.code === 421 ? 'close' : 'reset' }
  }
  if (early) return { outcome: { kind: 'uncertain', why: 'accepted before the dot' }, after: 'close' }
  if (accepted.length !== 1 || accepted[0] !== envelope.to) {
    return { outcome: { kind: 'uncertain', why: 'accepted for other recipients than the one meant' }, after: 'close' }
  }
  return { outcome: { kind: 'accepted', reply }, after: 'nothing' }
}

/** The body of one message, which waits at its first read for the hand. */
function withheldBody(connection: SMTPConnection, message: Buffer, hand: () => Promise<boolean>) {
  let handing: Promise<boolean> | null = null
  let state: 'withheld' | 'given' | 'forbidden' = 'withheld'
  // nodemailer pipes the body through a Transform that looks at every octet in JavaScript: 110 of the 190 µs that a
  // message of 20 KB cost. Stuffed here, the body goes to that Transform's far side; only the last line end goes the
  // whole way, so the Transform still ends the message with its dot, and still nothing moves before the first read.
  const stuffed = dotStuffed(message)
  let farSide: Transform | null = null
  const give = () => {
    if (state !== 'withheld') return
    state = 'given'
    // Body and dot leave in one write: uncorked, the dot costs a second system call and a segment of its own.
    const socket = connection._socket
    if (socket) {
      socket.cork()
      setImmediate(() => socket.uncork())
    }
    if (farSide && stuffed) {
      farSide.push(stuffed.subarray(0, -2))
      stream.push('\r\n')
    } else {
      stream.push(message)
    }
    stream.push(null)
  }
  const stream = new Readable({
    read() {
      if (handing) return
      // nodemailer also takes a 2yz for the go-ahead. Only a 354 is (RFC 5321 §4.1.1.4): anything else is an answer
      // to another command, and the session is out of step.
      if (!/^354/.test(String(connection.lastServerResponse))) {
        stream.destroy(new Error('DATA without a 354'))
        return
      }
      handing = (async () => hand())()
      handing.then(
        (ours) => (ours ? give() : stream.destroy(new Error('withheld'))),
        () => stream.destroy(new Error('the hand failed')),
      )
    },
  })
  const pipe = stream.pipe.bind(stream)
  stream.pipe = (destination, how) => {
    if (destination instanceof Transform) farSide = destination
    return pipe(destination, how)
  }
  return {
    stream,
    /** From now on the body stays here, whatever the hand says. */
    forbid: () => {
      if (state === 'withheld') state = 'forbidden'
    },
    given: () => state === 'given',
    /** What the hand said; null if it was never asked. */
    handed: async () => handing,
  }
}

/**
 * The message with its dots doubled (RFC 5321 §4.5.2), or null where it has a bare CR or LF or does not end in CRLF:
 * mending those is left to nodemailer, for a receiver may take \n.\n for the end (VU#302671).
 */
export function dotStuffed(message: Buffer): Buffer | null {
  const text = message.toString('latin1')
  if (!text.endsWith('\r\n') || /\r(?!\n)|(?<!\r)\n/.test(text)) return null
  return /^\.|\n\./.test(text) ? Buffer.from(text.replace(/(^|\n)\./g, '$1..'), 'latin1') : message
}

function stageOf(error: SMTPError | null): Stage {
  if (error?.command === 'RCPT TO') return 'rcpt'
  return error?.command === 'DATA' ? 'data' : 'mail'
}
