import { Complaint } from '../complaint.ts'
import { readConfig } from '../config.ts'
import { compile, type LinkChange, sampleFields } from '../edition/index.ts'
import type { Mailing, Watched } from '../ledger/index.ts'
import {
  correctByHand,
  correctHeld,
  type HandOrder,
  openTools,
  type Plan,
  plainly,
  planCorrection,
  replacementFor,
  UNLIMITED,
} from '../publishing/index.ts'
import { confirmed } from './confirmed.ts'
import type { Exit } from './exit.ts'
import { theMailing, whoAmI } from './ledger.ts'
import { counted, number, print, say } from './terminal.ts'

interface Options {
  readonly link?: string[]
  readonly why?: string
  readonly domain?: string
  readonly dryRun?: boolean
  readonly yes?: string
}

type Tools = Awaited<ReturnType<typeof openTools>>

export async function run([text]: string[], options: Options): Promise<Exit> {
  if (!options.link?.length && !options.why) {
    throw new Complaint('a corrigendum corrects something', {
      remedy: "give --link OLD=NEW, or --why 'what was wrong'",
      exit: 3,
    })
  }
  await using tools = await openTools(readConfig(), {
    smtpUrls: [],
    permit: UNLIMITED,
    stopping: () => false,
    log: () => {},
  })
  const mailing = await theMailing(tools.ledger, text)
  const watched = await tools.ledger.watched({ mailing: mailing.id })
  const changes: LinkChange[] = []
  for (const one of options.link ?? []) changes.push(await changeOf(tools, watched, one))
  const order = { changes, why: options.why ?? null, who: whoAmI(), domain: domainOf(options.domain) }
  if (mailing.state === 'held' && mailing.kind === 'announcement' && !options.dryRun) {
    return await goOn(tools, mailing, order, options.yes)
  }
  const plans = await planCorrection(tools, mailing.id, order)
  const people = tellPlans(plans, order)
  if (options.dryRun) for (const plan of plans) showLetter(plan)
  const refused = plans.flatMap(({ checked }) => ('refused' in checked ? checked.refused.faults : []))
  if (refused.length > 0) {
    say('the gate refuses the corrigendum:')
    for (const fault of refused) say(`  ${fault.rule}: ${fault.link ?? fault.excerpt} (${fault.why})`)
    return 2
  }
  if (options.dryRun) {
    say('a dry run: nothing was made and nothing is sent')
    return 0
  }
  if (people === 0) {
    say('nobody is owed this corrigendum: nothing was sent')
    return 1
  }
  if (!(await confirmed(people, options.yes))) return 1
  const made = await correctByHand(tools, mailing.id, order)
  if (made.length === 0) {
    say('the gate refused the corrigendum: gll status shows why')
    return 2
  }
  for (const corrigendum of made) print(`mailing ${corrigendum}`)
  return 0
}

/** A held mailing goes on with other links; those who were handed the earlier edition are the watch's business. */
async function goOn(tools: Tools, mailing: Mailing, order: HandOrder, yes: string | undefined): Promise<Exit> {
  const { pending, deferred } = await tools.ledger.counts({ mailing: mailing.id })
  const waiting = pending + deferred
  say(`mailing ${mailing.id} is held; ${counted(waiting, 'person waits', 'people wait')} for it`)
  tellChanges(order.changes)
  if (!(await confirmed(waiting, yes))) return 1
  await correctHeld(tools, mailing.id, order)
  say(`mailing ${mailing.id} goes on with the corrected edition`)
  say('who was handed the earlier one gets a corrigendum if its link stays dead; to send it now, type the same again')
  return 0
}

function tellChanges(changes: readonly LinkChange[]): void {
  for (const { from, to } of changes) say(`  ${from} → ${to ?? 'withdrawn'}`)
}

/** Old and new, cause, and who gets it; gives how many do. */
function tellPlans(plans: readonly Plan[], order: HandOrder): number {
  tellChanges(order.changes)
  if (order.why) say(`  cause: ${order.why}`)
  const sum = (of: keyof Omit<Plan['counts'], 'edition'>): number =>
    plans.reduce((total, { counts }) => total + counts[of], 0)
  const left = (
    [
      ['unsubscribed', 'unsubscribed since'],
      ['suppressed', 'suppressed since'],
      ['erased', 'erased'],
      ['elsewhere', `not at ${order.domain ?? ''}`],
      ['corrected', 'corrected already'],
    ] as const
  ).flatMap(([of, words]) => (sum(of) > 0 ? [`${number(sum(of))} ${words}`] : []))
  const without = left.length > 0 ? `; left out: ${left.join(', ')}` : ''
  say(`${counted(sum('holders'), 'person', 'people')} hold it${without}`)
  say(`to ${counted(sum('people'), 'person', 'people')}`)
  return sum('people')
}

/** As its first sample reader would get it: subject, text part, HTML part. */
function showLetter({ edition, counts }: Plan): void {
  const merged = compile(edition)
  const fields = { ...sampleFields(edition)[0], unsubscribe: 'UNSUBSCRIBE', webcopy: 'WEB-COPY' }
  const written = (part: (typeof merged)['html']): string =>
    part.map((stretch) => (typeof stretch === 'string' ? stretch : stretch(fields))).join('')
  print(`Subject: ${merged.subject(fields)}`)
  print(`To: ${counted(counts.people, 'person', 'people')} who hold edition ${counts.edition}`)
  print(`\n----- text -----\n${written(merged.text)}`)
  print(`\n----- html -----\n${written(merged.html)}`)
}

function domainOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const domain = text.replace(/^@/, '').toLowerCase()
  if (/^[^\s@%_]+\.[^\s@%_]+$/.test(domain)) return domain
  throw new Complaint(`"${text}" is not a mail domain`, {
    remedy: 'write it as after the @: --domain example.org',
    exit: 3,
  })
}

/** `OLD=NEW`. OLD is a link's number, its address, or its address without scheme; NEW an address, `instead`, or `-`. */
async function changeOf(tools: Tools, watched: readonly Watched[], text: string): Promise<LinkChange> {
  const known = watched.find((w) => [`${w.link}`, w.href, plainly(w.href)].some((name) => text.startsWith(`${name}=`)))
  // An address may hold `=` itself, so for one that we do not know NEW begins where a scheme or `-` does.
  const match = known ? null : /^(.+?)=(-|instead|(?:https?:\/\/|mailto:).+)$/.exec(text)
  const from = known?.href ?? match?.[1]
  if (from === undefined) throw notAChange(text)
  const name = known && [`${known.link}`, known.href, plainly(known.href)].find((one) => text.startsWith(`${one}=`))
  const to = name === undefined ? (match?.[2] ?? '') : text.slice((name?.length ?? 0) + 1)
  if (to === '-') return { from, to: null }
  if (to === 'instead' && known) return { from, to: await theInstead(tools, known) }
  if (/^(?:https?:\/\/|mailto:)\S+$/i.test(to)) return { from, to }
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[/?#]\S*)?$/i.test(to)) return { from, to: `https://${to}` }
  throw notAChange(text)
}

async function theInstead(tools: Tools, watched: Watched): Promise<string> {
  const to = await replacementFor(tools, watched)
  if (to !== null) return to
  throw new Complaint(`no replacement of ${watched.href} is alive`, {
    remedy: `give an address: --link ${watched.link}=NEW-ADDRESS, or withdraw the link: --link ${watched.link}=-`,
    exit: 2,
  })
}

const notAChange = (text: string): Complaint =>
  new Complaint(`"${text}" is not OLD=NEW`, {
    remedy:
      "write the link's number (gll links shows it) or its address, =, and the new address, or - to withdraw the link",
    exit: 3,
  })
