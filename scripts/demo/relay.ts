/** A relay on the way out that damages what passes, as some gateways do, and gives it on to an inbox. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { openLane, parseRoute } from '../../src/mail/index.ts'
import { DAMAGE, type Damage } from './damage.ts'

export interface Relay extends AsyncDisposable {
  readonly url: string
  /** What it does to mail from now on. */
  damage: Damage
}

export async function openRelay(onward: string): Promise<Relay> {
  const relay = { damage: DAMAGE.none as Damage }
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        const bytes = relay.damage(Buffer.concat(chunks))
        Promise.all(rcptTo.map(({ address }) => giveOn(onward, { from, to: address }, bytes))).then(
          () => answer(),
          (error: Error) => answer(error),
        )
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(relay, {
    url: `smtp://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  })
}

async function giveOn(onward: string, envelope: { from: string; to: string }, bytes: Buffer): Promise<void> {
  await using lane = await openLane(parseRoute(onward, { ehloName: 'relay.test' }))
  await lane.submit(envelope, bytes, async () => true)
}
