/**
 * A receiving SMTP server of our own for tests: it logs what the wire says, keeps what it accepted, and misbehaves on
 * request, at every stage and for single recipients. Strict where it matters: only CRLF . CRLF ends a message.
 */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { receive } from './smtp-session.ts'
import type { Behaviour, SinkEvent, SinkMessage } from './smtp-words.ts'

export type { Act, Acting, Behaviour, SinkEvent, SinkMessage, Stage } from './smtp-words.ts'

export interface Sink extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  /**
   * Every message whose dot arrived and which was not refused (4yz, 5yz) after it: also one whose 250 was lost, for
   * the server has it.
   */
  readonly messages: SinkMessage[]
  readonly log: SinkEvent[]
  /** Command lines alone, for short assertions. */
  readonly commands: () => string[]
  /** Connections so far. */
  readonly sessions: () => number
  /** Replaces the behaviour from the next stage on. */
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

export async function openSink(behaviour: Behaviour = {}, port = 0): Promise<Sink> {
  const sockets = new Set<net.Socket>()
  const running = new Set<Promise<void>>()
  const sink = { behaviour, messages: [] as SinkMessage[], log: [] as SinkEvent[] }
  let sessions = 0
  const accept = (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.setNoDelay(true)
    sessions += 1
    const session = receive(socket, sessions, sink).finally(() => {
      socket.destroy()
      running.delete(session)
    })
    running.add(session)
  }
  const server = behaviour.tls?.implicit ? tls.createServer(behaviour.tls, accept) : net.createServer(accept)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as net.AddressInfo).port
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all(running)
  }
  return {
    host: '127.0.0.1',
    port: bound,
    url: `smtp${behaviour.tls?.implicit ? 's' : ''}://127.0.0.1:${bound}`,
    messages: sink.messages,
    log: sink.log,
    commands: () => sink.log.filter(({ event }) => event === 'command').map(({ line }) => line),
    sessions: () => sessions,
    behave: (next) => {
      sink.behaviour = next
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
