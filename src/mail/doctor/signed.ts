/**
 * Whether a name stands in a signed zone: its parent has a DS record for it or for what is above it (RFC 4034 §5). Node's
 * resolver asks for no such record, so this asks that one question by itself, over UDP (RFC 1035 §4).
 */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { domainToASCII } from 'node:url'

const DS = 43
const NO_SUCH_NAME = 3

/** `server`: as node's dns names one, with or without a port; `timeout`: milliseconds for one question, asked twice. */
export async function isSigned(name: string, server: string, timeout: number): Promise<boolean> {
  const labels = domainToASCII(name).split('.').filter(Boolean)
  // A name may lie within its zone and be none itself; a top domain that is signed says nothing of it.
  for (let at = 0; at <= labels.length - 2; at += 1) {
    const ask = () => hasDs(labels.slice(at), server, timeout)
    if (await ask().catch(ask)) return true
  }
  return false
}

/** Rejects where nobody answers, or not in a way that can be read. */
async function hasDs(labels: readonly string[], server: string, timeout: number): Promise<boolean> {
  const { host, port } = placeOf(server)
  const id = randomInt(0x10000)
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => reject(new Error(`${host} did not answer`)), timeout)
  socket.on('error', reject)
  socket.on('message', (answer) => {
    // Somebody else's, or none at all.
    if (answer.length < 12 || answer.readUInt16BE(0) !== id || !(answer.readUInt16BE(2) & 0x8000)) return
    const code = answer.readUInt16BE(2) & 0xf
    if (code !== 0 && code !== NO_SUCH_NAME) return reject(new Error(`${host} answered with code ${code}`))
    resolve(code === 0 && answer.readUInt16BE(6) > 0)
  })
  // Connected, so that nobody else's packets come in.
  socket.connect(port, host, () => socket.send(question(id, labels)))
  return await promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}

function placeOf(server: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? []
  return { host: bracketed ?? plain ?? server, port: Number(port ?? 53) }
}

/** One question, recursion desired. */
function question(id: number, labels: readonly string[]): Buffer {
  const head = Buffer.from([id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const name = labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')])
  return Buffer.concat([head, ...name, Buffer.from([0, 0, DS, 0, 1])])
}
