import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { Complaint } from '../complaint.ts'

/** A message that the local inbox caught. */
export interface Caught {
  /** Also the name of its file, less `.eml`. Ids sort in the order of arrival. */
  readonly id: string
  /** The recipient of the envelope; several, should a client give several, stand with a comma and a space between. */
  readonly to: string
  /** The sender of the envelope. */
  readonly from: string
  /** Decoded (RFC 2047); empty where there is none. */
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Octets, as received. */
  readonly size: number
}

export interface CaughtMail {
  /** Newest first, at most `limit`. */
  list(limit?: number): readonly Caught[]
  /** The bytes as they were received; null for an id that is not there. */
  get(id: string): Promise<Buffer | null>
}

export interface Inbox extends CaughtMail, AsyncDisposable {
  /** smtp://127.0.0.1:port: what SMTP_URL would say. */
  readonly url: string
  close(): Promise<void>
}

export interface InboxOptions {
  /** Made when it is not there. Nobody else writes into it. */
  readonly dir: string
  /** Default 127.0.0.1. The inbox asks for no password: it belongs on loopback. */
  readonly host?: string
  /** 0: any free one. */
  readonly port: number
  /** Whom to answer 550 to. By default everyone at `.invalid`, which RFC 2606 §2 keeps free of mailboxes. */
  readonly refuse?: (address: string) => boolean
}

const MOST_OCTETS = 50_000_000
const TEN_MINUTES = 600_000

/**
 * Opens the local inbox, which stands in for a relay while none is configured: it takes every mail, sends none on, and
 * keeps each as an .eml file that any mail reader opens, with the envelope in two header lines on top. After the 250 a
 * message outlives a killed process, but not a power cut: nothing is forced to the disk, for it is mail to nobody.
 * Throws a Complaint when the port is taken.
 */
export async function openInbox({ dir, host = '127.0.0.1', port, refuse = atInvalid }: InboxOptions): Promise<Inbox> {
  await mkdir(dir, { recursive: true })
  await sweep(dir)
  const caught = await readAll(dir)
  let sequence = Number(caught.at(-1)?.id.slice(0, 8) ?? 0)
  const server = new SMTPServer({
    name: 'inbox.localhost',
    banner: 'local inbox: nothing is sent on',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MOST_OCTETS,
    // As long as a lane waits for us (RFC 5321 §4.5.3.2), so that a slow hand does not lose it the session.
    socketTimeout: TEN_MINUTES,
    closeTimeout: 1_000,
    onRcptTo: ({ address }, _session, answer) => answer(refuse(address) ? noSuchDomain() : null),
    onData: (stream, session, answer) => {
      keep(stream, session).then(
        (id) => answer(null, `2.0.0 kept as ${id}`),
        () => answer(Object.assign(new Error('4.3.0 not kept: the disk did not take it'), { responseCode: 451 })),
      )
    },
  })

  const keep = async (stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<string> => {
    // A client that goes before its dot makes this throw, and nothing is kept.
    const raw = await octets(stream)
    sequence += 1
    const at = Date.now()
    const id = `${String(sequence).padStart(8, '0')}-${new Date(at).toISOString().replace(/[-:.]/g, '')}`
    const from = envelope.mailFrom ? envelope.mailFrom.address : ''
    const to = envelope.rcptTo.map(({ address }) => address).join(', ')
    const temporary = join(dir, `${id}.part`)
    await writeFile(temporary, [`Return-Path: <${from}>\r\nX-Envelope-To: ${to}\r\n`, raw])
    await rename(temporary, join(dir, `${id}.eml`))
    caught.push({ id, to, from, subject: subjectOf(raw), at, size: raw.length })
    return id
  }

  const listening = once(server.server, 'listening')
  server.listen(port, host)
  server.on('error', () => {})
  await listening.catch((cause) => {
    throw new Complaint(`the local inbox cannot listen on ${host}:${port}`, {
      remedy: 'choose another port, or end what listens there',
      exit: 3,
      cause,
    })
  })
  const { port: bound } = server.server.address() as AddressInfo
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= new Promise((resolve) => server.close(resolve))
    return closing
  }
  return { ...views(dir, caught), url: `smtp://${host}:${bound}`, close, [Symbol.asyncDispose]: close }
}

/** What an inbox at `dir` has caught so far, without opening it: for another process to look into. */
export async function readInbox(dir: string): Promise<CaughtMail> {
  return views(dir, await readAll(dir))
}

function views(dir: string, caught: readonly Caught[]): CaughtMail {
  return {
    list: (limit = caught.length) => caught.slice(Math.max(0, caught.length - limit)).reverse(),
    get: async (id) => {
      if (!ID.test(id)) return null
      const file = await readFile(join(dir, `${id}.eml`)).catch(() => null)
      return file?.subarray(envelopeEnd(file)) ?? null
    },
  }
}

const ID = /^\d{8}-\d{8}T\d{9}Z$/
const HEADERS_ENOUGH = 16_384

/** What a killed inbox left half written was never answered with a 250. */
async function sweep(dir: string): Promise<void> {
  const halves = (await readdir(dir)).filter((name) => name.endsWith('.part'))
  await Promise.all(halves.map((name) => rm(join(dir, name), { force: true })))
}

async function readAll(dir: string): Promise<Caught[]> {
  const names = await readdir(dir).catch(() => [])
  const ids = names.filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4))
  return ids
    .filter((name) => ID.test(name))
    .sort()
    .map((id) => readOne(dir, id))
}

/** Without awaiting: thousands of short reads take a tenth of the time so, and it happens once. */
function readOne(dir: string, id: string): Caught {
  const file = openSync(join(dir, `${id}.eml`), 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.allocUnsafe(Math.min(size, HEADERS_ENOUGH))
    const head = buffer.subarray(0, readSync(file, buffer))
    const end = envelopeEnd(head)
    const [from, to] = head.toString('utf8', 0, end).split('\r\n')
    return {
      id,
      from: from?.slice('Return-Path: <'.length, -1) ?? '',
      to: to?.slice('X-Envelope-To: '.length) ?? '',
      subject: subjectOf(head.subarray(end)),
      at: Date.parse(id.slice(9).replace(/^(....)(..)(..)T(..)(..)(..)(...)Z$/, '$1-$2-$3T$4:$5:$6.$7Z')),
      size: size - end,
    }
  } finally {
    closeSync(file)
  }
}

/** Where our two lines end and the message as received begins. */
function envelopeEnd(file: Buffer): number {
  const first = file.indexOf('\r\n')
  return first < 0 ? 0 : file.indexOf('\r\n', first + 2) + 2
}

async function octets(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const atInvalid = (address: string): boolean => /[@.]invalid$/i.test(address)

const noSuchDomain = (): Error =>
  Object.assign(new Error('5.1.2 no such domain: nobody has a mailbox there'), { responseCode: 550 })

function subjectOf(raw: Buffer): string {
  const end = raw.indexOf('\r\n\r\n')
  const headers = raw.toString('utf8', 0, Math.min(end < 0 ? raw.length : end, HEADERS_ENOUGH))
  const value = /^subject:[ \t]*(.*(?:\r\n[ \t].*)*)/im.exec(headers)?.[1] ?? ''
  return decodeWords(value.replace(/\r\n(?=[ \t])/g, '').trim())
}

/** RFC 2047 §6.2: white space between two encoded words is not there; an unknown charset stays as it came. */
function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1')
  return joined.replace(/=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (word, charset, encoding, text) => {
    const bytes =
      encoding.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64')
        : Buffer.from(
            text
              .replaceAll('_', ' ')
              .replace(/=([0-9a-f]{2})/gi, (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          )
    try {
      return new TextDecoder(charset).decode(bytes)
    } catch {
      return word
    }
  })
}
