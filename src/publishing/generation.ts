/**
 * A restored backup does not know whom the ledger has written to since it was made: what it calls pending may be out.
 * So the ledger counts on while a worker runs, a file in DATA_DIR keeps its last number, and a ledger that is behind
 * its file holds every mailing until a person lets it go on.
 *
 * It counts at the start of a worker and once a second: mail that left within a second of the backup, and of the crash
 * that made it needed, is not told.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NoticeStart } from '../ledger/index.ts'
import type { Tools } from './tools.ts'

interface Kept {
  readonly lineage: string
  readonly n: number
}

const RESTORED =
  'the ledger is older than the mail that left from it, as after a backup was restored: who is pending here may have it'

/** Counts on, and holds every mailing where the ledger is older than the file beside it. */
export async function keepGeneration(tools: Pick<Tools, 'config' | 'ledger' | 'now' | 'log'>): Promise<void> {
  const { config, ledger, now } = tools
  const file = join(config.dataDir, 'generation.json')
  // Read before the ledger counts on: whatever another worker has written there by now is less than what comes.
  const kept = read(file)
  const grown = await ledger.grow()
  const beyond = kept && (kept.lineage !== grown.lineage || kept.n >= grown.n) ? kept.n : null
  if (beyond !== null) {
    const held = await ledger.holdRestored({ beyond, why: RESTORED, notice: noticeOf(now()), now: now() })
    if (held !== null) tools.log('ledger-restored', { kept: beyond, found: grown.n, held })
  }
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  // Renamed into place: half a file would say nothing.
  const whole = `${file}.${process.pid}`
  writeFileSync(whole, JSON.stringify({ lineage: grown.lineage, n: grown.n + (beyond ?? 0) } satisfies Kept))
  renameSync(whole, file)
}

function read(file: string): Kept | null {
  try {
    const { lineage, n } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept>
    return typeof lineage === 'string' && typeof n === 'number' ? { lineage, n } : null
  } catch {
    return null
  }
}

function noticeOf(now: number): NoticeStart {
  return {
    topic: `restored-${now}`,
    kind: 'restored',
    mailing: null,
    link: null,
    subject: 'The ledger is older than the mail that left from it',
    body: [
      'The worker found a ledger that is older than the number kept beside it in DATA_DIR, as after a backup was restored. Who was written to since, who unsubscribed and which corrigenda left is not known here.',
      'Every mailing that had not ended is held, and no corrigendum is made by itself. The log of the relay says who has which mail.',
      'To let one mailing go on: `gll resume MAILING`. Those who have it and are pending here get it again.',
      'To let corrigenda be made by themselves again: `gll resume --restored`',
    ].join('\n\n'),
    facts: {},
    remind: true,
  }
}
