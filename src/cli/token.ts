import { randomBytes } from 'node:crypto'
import { Complaint } from '../complaint.ts'
import { base32 } from '../mail/index.ts'
import { SCOPES } from '../web/index.ts'
import { hashOf } from './api.ts'
import type { Exit } from './exit.ts'
import { whoAmI, withLedger } from './ledger.ts'
import { moment, print, say, table } from './terminal.ts'

const SECRET_BYTES = 32

export async function run([what, which]: string[], options: { scope?: string[] }): Promise<Exit> {
  if (what === 'add' && which) return await add(which, options.scope ?? [])
  if (what === 'revoke' && /^[1-9]\d*$/.test(which ?? '')) return await revoke(Number(which))
  if (what === 'list' && which === undefined) return await list()
  throw new Complaint(
    `gll token takes add NAME, list or revoke NUMBER, not "${[what, which].filter(Boolean).join(' ')}"`,
    {
      remedy: 'gll token --help has an example',
      exit: 3,
    },
  )
}

async function add(name: string, scopes: readonly string[]): Promise<Exit> {
  const [unknown] = scopes.filter((scope) => !SCOPES.some((known) => known === scope))
  if (scopes.length === 0 || unknown !== undefined) {
    throw new Complaint(unknown === undefined ? 'a token needs a scope' : `"${unknown}" is not a scope`, {
      remedy: `give --scope with one or more of: ${SCOPES.join(', ')}`,
      exit: 3,
    })
  }
  return await withLedger(async (ledger) => {
    const secret = base32(randomBytes(SECRET_BYTES))
    const now = Date.now()
    const id = await ledger.addToken({ name, hash: hashOf(secret), scopes, now })
    await ledger.audit({ at: now, who: whoAmI(), what: 'token added', mailing: null, detail: `${id} ${name}` })
    print(`gll_${id}_${secret}`)
    say('this is the only time that it is shown; the ledger keeps its digest alone')
    return 0
  })
}

async function revoke(id: number): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const now = Date.now()
    if (!(await ledger.revokeToken({ id, now }))) {
      throw new Complaint(`there is no token ${id}`, { remedy: 'gll token list shows them' })
    }
    await ledger.audit({ at: now, who: whoAmI(), what: 'token revoked', mailing: null, detail: `${id}` })
    say(`token ${id} opens nothing any more`)
    return 0
  })
}

async function list(): Promise<Exit> {
  return await withLedger(async (ledger) => {
    const rows = (await ledger.apiTokens()).map(({ id, name, scopes, createdAt, revokedAt }) => [
      `${id}`,
      name,
      scopes.join(' '),
      moment(createdAt),
      revokedAt === null ? '' : `revoked ${moment(revokedAt)}`,
    ])
    print(table(['>token', 'name', 'scopes', 'made', ''], rows))
    return 0
  })
}
