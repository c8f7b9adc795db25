/** The ledger as a bystander sees it: read-only, over a connection of its own, at once. */
import Sqlite from 'better-sqlite3'

export interface Row {
  readonly state: string
  readonly epoch: number | null
  /** The epoch of the chunk that the row is in. */
  readonly chunkEpoch: number
}

export function openView(path: string, mailing: number) {
  const db = new Sqlite(path, { readonly: true })
  const row = db.prepare(
    `select d.state, d.epoch, c.epoch as chunkEpoch from delivery d
     join chunk c on c.mailing_id = d.mailing_id and d.n between c.first_n and c.last_n
     where d.mailing_id = ? and d.n = ?`,
  )
  const handed = db.prepare("select n from delivery where mailing_id = ? and state = 'handed'").pluck()
  const all = db.prepare('select address, state from delivery where mailing_id = ?')
  return {
    row: (n: number): Row => row.get(mailing, n) as Row,
    handed: (): number[] => handed.all(mailing) as number[],
    states: (): Map<string, string> =>
      new Map((all.all(mailing) as { address: string; state: string }[]).map((r) => [r.address, r.state])),
    [Symbol.dispose]: () => void db.close(),
  }
}

export type View = ReturnType<typeof openView>
