/**
 * The sink as a process of its own, for drills that are judged by the receiver's log:
 * `node test/support/smtp-sink.ts --port 0 --log FILE [--delay ms] [--behaviour JSON]` prints its port.
 * The log gets one JSON line an event, written before the program goes on: what was replied is in the file.
 */
import { openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Behaviour, openSink } from './smtp.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    log: { type: 'string' },
    delay: { type: 'string' },
    behaviour: { type: 'string', default: '{}' },
  },
})
const log = values.log === undefined ? null : openSync(values.log, 'a')
const asked: Behaviour = JSON.parse(values.behaviour)
const sink = await openSink(
  {
    ...(values.delay === undefined ? {} : { dot: { delay: Number(values.delay) } }),
    ...asked,
    onEvent: (event) => {
      if (log !== null) writeSync(log, `${JSON.stringify(event)}\n`)
    },
    // The log is the record: kept messages would only grow the process.
    onDot: () => {
      sink.messages.length = 0
      sink.log.length = 0
    },
  },
  Number(values.port),
)
console.log(sink.port)
