/**
 * A small DNS server over UDP (RFC 1035): names as a table, among them ones that answer differently each time, that do
 * not answer, or that do not exist.
 */
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

export interface Zone {
  /** IPv4 addresses; a list of lists answers with one after the other, the last one for good. */
  readonly a?: readonly string[] | readonly (readonly string[])[]
  readonly aaaa?: readonly string[]
  /** Exchangers; '.' is the null MX of RFC 7505. */
  readonly mx?: readonly string[]
  readonly txt?: readonly string[]
  /** Of a name below in-addr.arpa. */
  readonly ptr?: readonly string[]
  /** Its parent has a DS record for it: the zone is signed. */
  readonly signed?: true
  readonly fails?: 'silent' | 'servfail'
}

export interface NameServer extends AsyncDisposable {
  /** host:port, as RESOLVER wants it. */
  readonly address: string
  /** Every question, as `A site.test`. */
  readonly questions: readonly string[]
  set(name: string, zone: Zone): void
}

/** Names that are not in the table do not exist (NXDOMAIN). */
export async function openNameServer(zones: Readonly<Record<string, Zone>> = {}): Promise<NameServer> {
  const table = new Map(Object.entries(zones))
  const turns = new Map<string, number>()
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => {
    const { name, type, end } = question(message)
    questions.push(`${TYPES[type] ?? type} ${name}`)
    const zone = table.get(name)
    if (zone?.fails === 'silent') return
    const turn = turns.get(name) ?? 0
    if (type === A) turns.set(name, turn + 1)
    const code = zone === undefined ? 3 : zone.fails === 'servfail' ? 2 : 0
    const records = zone === undefined || code !== 0 ? [] : recordsOf(zone, type, turn)
    socket.send(reply(message, end, code, records), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions,
    set: (name, zone) => void table.set(name, zone),
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

const A = 1
const AAAA = 28
const MX = 15
const TXT = 16
const PTR = 12
const DS = 43
const TYPES: Readonly<Record<number, string>> = {
  [A]: 'A',
  [AAAA]: 'AAAA',
  [MX]: 'MX',
  [TXT]: 'TXT',
  [PTR]: 'PTR',
  [DS]: 'DS',
}

function question(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString())
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

function recordsOf(zone: Zone, type: number, turn: number): Buffer[] {
  if (type === A) {
    const all = zone.a ?? []
    const now = Array.isArray(all[0]) ? ((all as string[][])[Math.min(turn, all.length - 1)] ?? []) : (all as string[])
    return now.map((address) => record(A, Buffer.from(address.split('.').map(Number))))
  }
  if (type === AAAA) return (zone.aaaa ?? []).map((text) => record(AAAA, bytesOfSix(text)))
  if (type === MX)
    return (zone.mx ?? []).map((host) => record(MX, Buffer.concat([Buffer.from([0, 10]), encodeName(host)])))
  if (type === TXT) return (zone.txt ?? []).map((text) => record(TXT, characterStrings(text)))
  if (type === DS) return zone.signed ? [record(DS, Buffer.alloc(36, 1))] : []
  if (type === PTR) return (zone.ptr ?? []).map((host) => record(PTR, encodeName(host)))
  return []
}

/** A text as strings of at most 255 octets (RFC 1035 §3.3.14). */
function characterStrings(text: string): Buffer {
  const strings = text.match(/.{1,255}/gs) ?? ['']
  return Buffer.concat(strings.map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one)])))
}

/** `fd00::1` as its sixteen bytes. */
function bytesOfSix(text: string): Buffer {
  const [head = '', tail = ''] = text.split('::')
  const [front, back] = [head, tail].map((half) => half.split(':').filter(Boolean))
  const missing = 8 - (front?.length ?? 0) - (back?.length ?? 0)
  const groups = [...(front ?? []), ...Array<string>(text.includes('::') ? missing : 0).fill('0'), ...(back ?? [])]
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]))
}

/** The owner's name is a pointer to the question; a life of 0 seconds, so that nothing is kept. */
function record(type: number, content: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, type >> 8, type & 0xff, 0, 1, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(content.length, 10)
  return Buffer.concat([head, content])
}

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

function reply(asked: Buffer, end: number, code: number, records: readonly Buffer[]): Buffer {
  const head = Buffer.from(asked.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, asked.subarray(12, end), ...records])
}
