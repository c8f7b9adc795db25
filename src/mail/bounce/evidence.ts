/** What speaks for a mail being a report, and for a program having written it. */
import { isDaemon } from './addresses.ts'
import { decodeWords, first, leaves, type Part } from './mime.ts'
import { SUBJECT_DELAYED, SUBJECT_FAILED, TEXT_DELAYED, TEXT_FAILED } from './signs.ts'

export function isNobody(root: Part): boolean {
  const path = first(root.headers, 'return-path') ?? first(root.headers, 'x-envelope-from')
  return path !== undefined && /^\s{0,5}<?\s{0,5}>?\s{0,5}$|^<?mailer-daemon/i.test(path)
}

/** Exchange's lines for administrators, the same in every language. */
const EXCHANGE = /^\s{0,5}#[45]\d\d [45]\.\d|Remote Server returned '|\bRESOLVER\.|\bSTOREDRV\b/m

const SYSTEM =
  /^\W{0,3}administrator\b|mail(?:er)?[- ]?(?:delivery|daemon|system|administrator)|post[ _-]?master|delivery (?:sub)?system|system administrator|systemadministrator|administrateur système|administrador del sistema|mail[ _-]?serv(?:er|ice)|mdaemon|mailsystem|internet mail|bounce|returned|no-?reply|почтов|系统|管理员/i

/** Its sender is a program, by its address or its name. */
export function isFromSystem(root: Part, from: string | null): boolean {
  const said = first(root.headers, 'from') ?? ''
  return (from !== null && isDaemon(from)) || /<\s{0,5}>/.test(said) || SYSTEM.test(decodeWords(said))
}

/** How much speaks for a report: 4 and more is one. */
export function evidenceOf(root: Part, subject: string, from: string | null, lines: readonly string[]): number {
  const has = (name: string): string => first(root.headers, name) ?? ''
  const opening = lines
    .filter((line) => line.trim() !== '')
    .slice(0, 40)
    .join('\n')
  const isSystem = isFromSystem(root, from)
  let points = 0
  if (isSystem) points += 2
  if (isNobody(root)) points += leaves(root).some(({ type }) => type === 'message/rfc822') ? 2 : 1
  if (points > 0 && EXCHANGE.test(lines.join('\n'))) points += 2
  if (SUBJECT_FAILED.some((sign) => sign.test(subject)) || SUBJECT_DELAYED.test(subject)) points += 2
  if (TEXT_FAILED.some((sign) => sign.test(opening)) || TEXT_DELAYED.some((sign) => sign.test(opening))) points += 2
  if (has('x-failed-recipients') !== '') points += 3
  if (root.type === 'multipart/report') points += 2
  if (/\b5\d\d[ -]#?5\.\d|\b55[0-4] |#5\.\d\.\d|\b[45]\.\d\.\d{1,3}\b/.test(lines.slice(0, 120).join('\n'))) points += 1
  if (/auto-(?:replied|generated)/i.test(has('auto-submitted'))) points += 1
  // What people and lists write.
  if (
    /^\s{0,5}(?:re|fwd?|aw|wg|sv|tr|rv|res|enc|antw|回复|转发|答复)\s{0,3}[:：]/i.test(subject) &&
    !(from && isDaemon(from))
  )
    points -= 3
  // A report that came by way of a list keeps its sender, and no list has a daemon for its author.
  const isListed = has('list-id') !== '' || has('list-unsubscribe') !== ''
  if (isListed && !/^(?:mailer-?daemon|postmaster)@/i.test(from ?? '')) points -= 2
  if (has('in-reply-to') !== '' && !isSystem) points -= 1
  return points
}

/** Something beside its words says that a program wrote it. */
export const isMachine = (root: Part, from: string | null): boolean =>
  from === null ||
  isFromSystem(root, from) ||
  isNobody(root) ||
  root.type === 'multipart/report' ||
  ['auto-submitted', 'x-failed-recipients'].some((name) => first(root.headers, name) !== undefined)
