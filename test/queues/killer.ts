/**
 * `node killer.ts LEDGER PID SQL`: waits until a question to the SQLite ledger has an answer, and kills a process at that
 * moment, as kill -9. Some moments last a few milliseconds, so it is a process of its own that does nothing else.
 */
import Sqlite from 'better-sqlite3'

const [path = '', pid = '', sql = ''] = process.argv.slice(2)
const db = new Sqlite(path, { readonly: true })
const moment = db.prepare(sql)
const pause = new Int32Array(new SharedArrayBuffer(4))
process.send?.('watching')
while (!moment.get()) Atomics.wait(pause, 0, 0, 0.3)
process.kill(Number(pid), 'SIGKILL')
db.close()
