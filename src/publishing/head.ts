/** The header that all copies of a mailing share. */
import type { Config } from '../config.ts'
import type { Kind } from '../edition/index.ts'
import type { MouldHead } from '../mail/index.ts'

/** Kinds that go to people who subscribed: those carry the list's name and its unsubscribe (RFC 2369, RFC 8058). */
export const isForList = (kind: Kind): boolean => kind === 'announcement' || kind === 'corrigendum' || kind === 'test'

export function headOf(
  config: Config,
  edition: { kind: Kind; language: string },
  mailing: { id: number; name: string; date: Date },
): MouldHead {
  const domain = config.from.address.slice(config.from.address.indexOf('@') + 1)
  const id = mailing.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  // Gmail's feedback loop counts complaints by these four: mailing, list, stream, and who we are. Nobody's own data.
  const sender = `gll-${domain.replace(/[^a-z0-9]/gi, '')}`.toLowerCase().slice(0, 15)
  return {
    from: config.from,
    replyTo: config.replyTo,
    date: mailing.date,
    language: edition.language,
    listId: isForList(edition.kind) ? { id: `${id}.${domain}`, name: config.organisation } : null,
    unsubscribeDomain: config.bounceDomain,
    feedbackId: isForList(edition.kind) ? `${mailing.id}:${id}:${edition.kind}:${sender}` : null,
    kind: edition.kind,
  }
}
