/**
 * A wire between a bench and its sink: what the sink answers comes so many milliseconds later, over TLS if wanted. A
 * process of its own, so that its CPU is not the worker's.
 *
 *   node scripts/bench/wire.ts PORT DELAY [KEY CERTIFICATE]      prints the port it listens on
 */
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import tls from 'node:tls'

const [, , port = '0', delay = '0', key, cert] = process.argv

function join(client: Socket): void {
  const sink = connect(Number(port), '127.0.0.1')
  client.setNoDelay(true)
  sink.setNoDelay(true)
  client.pipe(sink)
  if (Number(delay) === 0) sink.pipe(client)
  else {
    sink.on('data', (bytes) => setTimeout(() => client.write(bytes), Number(delay)))
    sink.on('end', () => setTimeout(() => client.end(), Number(delay)))
  }
  for (const [end, other] of [
    [client, sink],
    [sink, client],
  ] as const) {
    end.on('error', () => other.destroy())
  }
}

const server =
  key && cert ? tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, join) : createServer(join)
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
