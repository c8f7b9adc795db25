/** The fields of machine-made reports: delivery status (RFC 3464, RFC 6533) and feedback (RFC 5965). */
import { keyOf, tidy } from './addresses.ts'
import { judge, unlessOfText } from './reasons.ts'
import type { Words } from './said.ts'
import type { BounceAction, BounceRecipient } from './words.ts'

/** A thousand is what a report may name; nobody sends a single message to more. */
export const MOST_RECIPIENTS = 1_000
const MOST_LINES = 60_000

type Group = Map<string, string[]>

/** Groups of fields, apart by empty lines (RFC 3464 §2.1). */
function fieldGroups(text: string): Group[] {
  const groups: Group[] = []
  let group: Group = new Map()
  let last: string[] | null = null
  const close = (): void => {
    if (group.size > 0) groups.push(group)
    group = new Map()
    last = null
  }
  for (const line of text.split('\n', MOST_LINES)) {
    if (line.trim() === '') close()
    else if (/^[ \t]/.test(line) && last !== null) {
      const values: string[] = last
      values.push(`${values.pop() ?? ''} ${line.trim()}`)
    } else {
      const field = /^\s{0,3}([\w-]{1,60})\s{0,3}:(.{0,4000})$/.exec(line)
      if (!field) continue
      const name = (field[1] ?? '').toLowerCase()
      // Some put all recipients into one group.
      if (name === 'final-recipient' && group.has(name)) close()
      last = group.get(name) ?? []
      last.push((field[2] ?? '').trim())
      group.set(name, last)
    }
  }
  close()
  return groups
}

/** Whether a text is a delivery status, whatever its part calls itself. */
export const isStatusText = (text: string): boolean =>
  /^\s{0,3}(?:final|original)-recipient\s{0,3}:/im.test(text) && /^\s{0,3}(?:action|status)\s{0,3}:/im.test(text)

export const isFeedbackText = (text: string): boolean => /^\s{0,3}feedback-type\s{0,3}:/im.test(text)

const one = (group: Group, name: string): string => group.get(name)?.[0] ?? ''

/** What a report says beside its fields. */
export interface Aside {
  /** What its own sentences say of each of these addresses. */
  readonly said: (addresses: readonly string[]) => readonly Words[]
  /** To and Cc of the returned message. */
  readonly returnedTo: readonly string[]
}

/** The recipients of a delivery status; `aside` helps where the fields say nothing but that it failed. */
export function readStatus(text: string, aside: Aside): BounceRecipient[] {
  const found = new Map<string, { readonly address: string; readonly group: Group }>()
  for (const group of fieldGroups(text)) {
    if (!OF_A_RECIPIENT.some((name) => group.has(name))) continue
    const address = addressOf(group, aside.returnedTo)
    if (address && !found.has(keyOf(address))) found.set(keyOf(address), { address, group })
    if (found.size >= MOST_RECIPIENTS) break
  }
  const all = [...found.values()]
  const said = aside.said(all.map(({ address }) => address))
  return all.map(({ address, group }, n) => readRecipient(address, group, said[n] ?? { said: '', reply: null }))
}

const OF_A_RECIPIENT = ['final-recipient', 'original-recipient', 'action', 'x-actual-recipient']

function readRecipient(address: string, group: Group, aside: Words): BounceRecipient {
  const status = /([245]\.\d{1,3}\.\d{1,3})/.exec(one(group, 'status'))?.[1] ?? null
  const action = actionOf(one(group, 'action'), status)
  const diagnostic = plainDiagnostic(group)
  if (action !== 'failed' && action !== 'delayed') {
    return { address, action, status, hard: false, reason: null, diagnostic: diagnostic || null }
  }
  let judged = judge(diagnostic || one(group, 'status').slice(5), status, action)
  if (judged.reason === 'unknown' || diagnostic === '') {
    // A status that is plain is moved by a reply alone, not by whatever else the letter says.
    const words = judged.reason === 'unknown' ? `${aside.reply ?? ''} ${aside.said}` : (aside.reply ?? '')
    const better = words.trim() === '' ? judged : judge(`${diagnostic} ${words}`, status, action)
    if (judged.reason === 'unknown' || better.reason !== 'unknown')
      judged = { ...better, status: judged.status ?? better.status }
  }
  judged = unlessOfText(judged, `${aside.said} ${diagnostic}`)
  return { address, action, ...judged, diagnostic: diagnostic || null }
}

/**
 * The one we wrote to: what the returned message shows, else the original recipient, which is the sender's own word (RFC
 * 3464 §2.3.1), else the last one known.
 */
function addressOf(group: Group, returnedTo: readonly string[]): string | null {
  const [final, original, actual] = ['final-recipient', 'original-recipient', 'x-actual-recipient'].map((name) =>
    typed(one(group, name)),
  )
  const wroteTo = (address: string): boolean => returnedTo.some((to) => keyOf(to) === keyOf(address))
  if (final && wroteTo(final)) return final
  return original ?? final ?? actual ?? null
}

/** `rfc822; ann@example.org`, `utf-8; …`, `LOCAL;<…>`; also without its type. */
function typed(value: string): string | null {
  const semicolon = value.indexOf(';')
  const type = value.slice(0, Math.max(0, semicolon)).trim().toLowerCase()
  if (type === 'x400' || type === 'x500') return null
  // utf-8-addr-xtext and utf-8-addr-unitext both may hold \x{…}, which tidy undoes. Of xtext (RFC 3461 §4) only what a
  // plain address needs is undone: any other +XX may be a tag that was meant so.
  const bare = (semicolon < 0 ? value : value.slice(semicolon + 1))
    .replace(/\s\([^()]{0,200}\)\s{0,5}$/, '')
    .replace(/\+2B/g, '+')
    .replace(/\+3D/g, '=')
  return tidy(bare)
}

function actionOf(value: string, status: string | null): BounceAction {
  const said = value.trim().toLowerCase()
  if (said.startsWith('fail')) return 'failed'
  if (said.startsWith('delay')) return 'delayed'
  if (said.startsWith('deliver')) return 'delivered'
  if (said.startsWith('relay')) return 'relayed'
  if (said.startsWith('expand')) return 'expanded'
  return status?.startsWith('2') ? 'delivered' : 'failed'
}

function plainDiagnostic(group: Group): string {
  const codes = [...(group.get('diagnostic-code') ?? []), ...(group.get('x-supplementary-info') ?? [])]
  const said = codes.map((code) => code.replace(/^\s{0,3}[\w-]{1,30}\s{0,3};\s{0,3}/, '')).filter((code) => code !== '')
  return said
    .join(' ')
    .replace(/[\s\p{Cc}]{1,100}/gu, ' ')
    .trim()
    .slice(0, 1_000)
}

/** The Message-ID that a status names itself, as a few do. */
export function namedMessageId(text: string): string | null {
  for (const group of fieldGroups(text)) {
    for (const name of ['x-original-message-id', 'original-message-id']) {
      const id = messageIdIn(one(group, name))
      if (id) return id
    }
  }
  return null
}

export const messageIdIn = (value: string): string | null => /<[^<>\s]{1,500}>/.exec(value)?.[0] ?? null

export interface Feedback {
  /** In lower case; RFC 5965 §7.3, RFC 6591. */
  readonly type: string
  readonly recipients: readonly string[]
}

export function readFeedback(text: string): Feedback {
  const recipients = new Set<string>()
  let type = ''
  for (const group of fieldGroups(text)) {
    type ||= one(group, 'feedback-type').toLowerCase().trim()
    const named = ['original-rcpt-to', 'removal-recipient', 'x-original-rcpt-to'].flatMap(
      (name) => group.get(name) ?? [],
    )
    for (const value of named.flatMap((list) => list.split(','))) {
      const address = tidy(value)
      if (address && !isRedacted(address) && recipients.size < MOST_RECIPIENTS) recipients.add(address)
    }
  }
  return { type, recipients: [...recipients] }
}

/** Blotted out by the provider (RFC 6590): says nothing of whose it was. */
export const isRedacted = (address: string): boolean =>
  /redact|removed|hidden|anonym|xxx|undisclosed|unknown|^[*x.-]+@|\*{2}|^[0-9a-f]{24,64}@/i.test(address)
