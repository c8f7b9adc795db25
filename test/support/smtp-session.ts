/** One session of the sink: a loop over commands that asks, at each stage, whether to misbehave. */
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'
import type { Act, Acting, Behaviour, SinkEvent, SinkMessage, Stage } from './smtp-words.ts'

interface Kept {
  behaviour: Behaviour
  readonly messages: SinkMessage[]
  readonly log: SinkEvent[]
}

/** Ends a session on purpose, or because the client went. */
const over = Symbol('over')

export async function receive(socket: Socket, session: number, kept: Kept): Promise<void> {
  try {
    await converse(socket, session, kept)
  } catch (error) {
    if (error !== over) throw error
  }
}

async function converse(socket: Socket, session: number, kept: Kept): Promise<void> {
  let line = reader(socket)
  let channel = socket
  let from: string | null = null
  let to: string[] = []
  let nth = 1
  let undecided: SinkMessage | null = null

  const note = (event: SinkEvent['event'], text: string, octets?: number) => {
    const envelope = from === null ? {} : { from, to: to.join(', ') }
    const entry = {
      at: Date.now(),
      session,
      event,
      line: text,
      ...envelope,
      ...(octets === undefined ? {} : { octets }),
    }
    kept.log.push(entry)
    kept.behaviour.onEvent?.(entry)
  }
  const say = (...lines: string[]) => {
    note('reply', lines.join(' | '))
    // A message refused after its dot is the sender's again.
    if (undecided && /^[45]/.test(lines[0] ?? '')) kept.messages.splice(kept.messages.indexOf(undecided), 1)
    undecided = null
    channel.write(`${lines.join('\r\n')}\r\n`)
  }
  /** Plays the act of this stage; true if it has answered. */
  const act = async (stage: Stage, recipient = to[0] ?? ''): Promise<boolean> => {
    const { only } = kept.behaviour
    const own =
      stage === 'rcpt' || stage === 'data' || stage === 'body' || stage === 'dot'
        ? only?.[recipient]?.[stage]
        : undefined
    return play(await chosen(own ?? kept.behaviour[stage], { stage, session, nth, from: from ?? '', to: recipient }))
  }
  const play = async (what: Act | undefined): Promise<boolean> => {
    if (what === undefined) return false
    if (what === 'drop') {
      channel.destroy()
      throw over
    }
    if (what === 'hang') {
      await line.ended
      throw over
    }
    if ('delay' in what) {
      await Promise.race([pause(what.delay), line.ended])
      return play(what.next)
    }
    const lines = typeof what.reply === 'string' ? [what.reply] : what.reply
    say(...lines)
    if (lines.some((text) => text.startsWith('421'))) {
      // A client that reads a FIN together with the 421 may never look at the 421: let it hang up first.
      await Promise.race([line.ended, pause(200)])
      throw over
    }
    await play(what.next)
    return true
  }
  const reset = () => {
    from = null
    to = []
  }
  const secure = async () => {
    const { key, cert } = kept.behaviour.tls ?? {}
    line.detach()
    const secured = new tls.TLSSocket(channel, { isServer: true, key, cert })
    secured.on('error', () => {})
    channel.on('close', () => secured.destroy())
    channel = secured
    line = reader(secured)
    reset()
  }
  const data = async () => {
    if (await act('data')) return
    say('354 go ahead')
    const first = await line.some()
    note('body', '', first.length)
    const envelope = { from: from ?? '', to: [...to] }
    await kept.behaviour.onFirstBodyByte?.(envelope, first)
    const refused = await act('body')
    const raw = await line.untilDot()
    // Answered before its dot: the rest is read and thrown away.
    if (refused) return reset()
    const message = { ...envelope, raw, at: Date.now(), session }
    kept.messages.push(message)
    note('dot', messageId(raw), raw.length)
    await kept.behaviour.onDot?.(envelope, raw)
    undecided = message
    if (!(await act('dot'))) say('250 2.0.0 accepted')
    reset()
    nth += 1
  }

  /** `user=NAME^Aauth=Bearer TOKEN^A^A`, exactly. */
  const byToken = async (text: string) => {
    const { takes, challenge } = kept.behaviour.xoauth2 ?? { takes: () => false }
    const sasl = Buffer.from(text.split(' ')[2] ?? '', 'base64').toString()
    const [user = '', bearer = '', ...end] = sasl.split('\u0001')
    const wellFormed = user.startsWith('user=') && bearer.startsWith('auth=Bearer ') && end.join('|') === '|'
    if (wellFormed && takes(user.slice(5), bearer.slice(12))) return say('235 2.7.0 welcome')
    if (challenge) {
      say(`334 ${Buffer.from('{"status":"401","schemes":"bearer"}').toString('base64')}`)
      await line.next()
    }
    say('535 5.7.3 Authentication unsuccessful')
  }

  const commands: Record<string, (text: string) => Promise<void> | void> = {
    EHLO: async () => {
      if (!(await act('ehlo'))) say(...offers(kept.behaviour, channel instanceof tls.TLSSocket))
    },
    HELO: () => say('250 sink'),
    STARTTLS: async () => {
      if (await act('starttls')) return
      if (!kept.behaviour.tls) return say('502 5.5.1 not offered')
      say('220 2.0.0 go ahead')
      await secure()
    },
    AUTH: async (text) => {
      if (await act('auth')) return
      if (/^AUTH XOAUTH2 /i.test(text)) return await byToken(text)
      const { user, pass } = kept.behaviour.login ?? {}
      const given = Buffer.from(text.split(' ')[2] ?? '', 'base64').toString()
      say(given === `\0${user}\0${pass}` ? '235 2.7.0 welcome' : '535 5.7.8 no')
    },
    MAIL: async (text) => {
      if (from !== null) return say('503 5.5.1 nested MAIL')
      const limit = kept.behaviour.size ?? 0
      const declared = Number(/ SIZE=(\d+)/i.exec(text)?.[1] ?? 0)
      if (await act('mail')) return
      if (limit && declared > limit) return say('552 5.3.4 too big')
      from = /<(.*)>/.exec(text)?.[1] ?? ''
      say('250 2.1.0 ok')
    },
    RCPT: async (text) => {
      const recipient = /<(.*)>/.exec(text)?.[1] ?? ''
      if (from === null) return say('503 5.5.1 MAIL first')
      if (await act('rcpt', recipient)) return
      to.push(recipient)
      say('250 2.1.5 ok')
    },
    DATA: async () => {
      if (to.length === 0) return say('554 5.5.1 no valid recipients')
      await data()
    },
    RSET: async () => {
      if (await act('rset')) return
      reset()
      say('250 2.0.0 ok')
    },
    NOOP: () => say('250 2.0.0 ok'),
    QUIT: async () => {
      if (await act('quit')) return
      say('221 2.0.0 bye')
      channel.end()
      throw over
    },
  }

  note('open', '')
  try {
    if (!(await act('greeting'))) say('220 sink ESMTP')
    for (;;) {
      const text = await line.next()
      const verb = text.split(/[ :]/, 1)[0]?.toUpperCase() ?? ''
      note('command', verb === 'AUTH' ? 'AUTH PLAIN' : text)
      const answer = commands[verb] ?? (() => say('500 5.5.2 unknown command'))
      await answer(text)
    }
  } finally {
    note('close', '')
    if (channel.writableEnded) await Promise.race([line.ended, pause(200)])
  }
}

async function chosen(acting: Acting | undefined, context: Parameters<Extract<Acting, (c: never) => unknown>>[0]) {
  return typeof acting === 'function' ? acting(context) : acting
}

function offers(behaviour: Behaviour, secured: boolean): string[] {
  const { pipelining = true, smtputf8 = true, eightBitMime = true, size = 10_000_000, login } = behaviour
  const names = [
    'sink',
    pipelining && 'PIPELINING',
    size !== null && (size ? `SIZE ${size}` : 'SIZE'),
    eightBitMime && '8BITMIME',
    smtputf8 && 'SMTPUTF8',
    behaviour.tls && !secured && 'STARTTLS',
    behaviour.xoauth2 ? 'AUTH XOAUTH2' : login && 'AUTH PLAIN',
    behaviour.dsn && 'DSN',
    'ENHANCEDSTATUSCODES',
  ].filter((name) => typeof name === 'string')
  return names.map((name, n) => `250${n === names.length - 1 ? ' ' : '-'}${name}`)
}

const messageId = (raw: Buffer): string => /^message-id:\s*(\S+)/im.exec(raw.toString('latin1', 0, 8_192))?.[1] ?? ''

/** Octets of a socket, taken as command lines or as a body. */
function reader(socket: Socket) {
  let chunks: Buffer[] = []
  let wake = () => {}
  let gone = false
  const ending = Promise.withResolvers<void>()
  const onData = (chunk: Buffer) => {
    chunks.push(chunk)
    wake()
  }
  const onEnd = () => {
    gone = true
    ending.resolve()
    wake()
  }
  socket.on('data', onData)
  socket.on('close', onEnd)
  socket.on('end', onEnd)
  const all = (): Buffer => {
    const joined = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    chunks = [joined]
    return joined
  }
  const more = async () => {
    if (gone) throw over
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  const take = async (end: string, skip: number): Promise<Buffer> => {
    for (;;) {
      const octets = all()
      const at = octets.indexOf(end)
      if (at >= 0) {
        chunks = [octets.subarray(at + end.length)]
        return octets.subarray(0, at + skip)
      }
      await more()
    }
  }
  return {
    ended: ending.promise,
    next: async (): Promise<string> => (await take('\r\n', 0)).toString(),
    some: async (): Promise<Buffer> => {
      while (all().length === 0) await more()
      return all()
    },
    /** RFC 5321 §4.5.2: the dot alone on a line ends it, a doubled dot loses one. */
    untilDot: async (): Promise<Buffer> => {
      while (all().length < 3) await more()
      if (all().toString('latin1', 0, 3) === '.\r\n') return take('.\r\n', 0)
      const body = await take('\r\n.\r\n', 2)
      return Buffer.from(body.toString('latin1').replace(/(^|\r\n)\.\./g, '$1.'), 'latin1')
    },
    detach: () => {
      socket.off('data', onData)
      socket.off('end', onEnd)
    },
  }
}
