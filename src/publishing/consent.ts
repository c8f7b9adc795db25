/**
 * What stands behind the pages where people join, confirm and choose: asking, never assuming. Whoever asks gets the same
 * answer whether the address is known, unknown or suppressed; what is true goes to the mailbox alone.
 */
import { allWords, confirmationLetter } from '../edition/index.ts'
import type { PersonData, SubscriberCard } from '../ledger/index.ts'
import { parseAddress } from '../mail/index.ts'
import { type Messages, openMessages } from './messages.ts'
import type { Tools } from './tools.ts'

type ConsentTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'now' | 'log'>

/** An address is not asked again sooner, whoever presses how often. Milliseconds. */
const ASK_AGAIN = 10 * 60_000
/** Sign-ups that nobody confirmed are forgotten after so long, and whom their letters went to. */
const SIGN_UPS_KEPT = 30 * 86_400_000
const DAY = 86_400_000

/** What was shown to who pressed, in which language, and where: kept as evidence. */
export interface Shown {
  readonly text: string
  readonly language: string
  readonly source: string
}

export interface JoinOrder {
  readonly list: string
  readonly address: string
  readonly name: string | null
  readonly language: string
  readonly shown: Shown
}

export type AskAnswer = { readonly kind: 'asked' } | { readonly kind: 'no-address'; readonly why: string }

/** The mails that ask. Opened once a process. */
export function openConfirmations(tools: Parameters<typeof openMessages>[0]): Messages {
  const letters = async (name: string, language: string | null) =>
    await confirmationLetter(name === 'address' ? 'address' : 'join', await ours(language ?? 'en'))
  return openMessages(tools, letters, 'confirmation')
}

/** Languages that the confirmation is written in; English for all others. */
async function ours(language: string): Promise<string> {
  const code = language.toLowerCase().split('-')[0] ?? 'en'
  return (await allWords()).has(code) ? code : 'en'
}

/** Whether strangers may put themselves on this list (SIGN_UP_LISTS). */
export async function isOpenList(tools: ConsentTools, list: string): Promise<boolean> {
  return tools.config.signUpLists.includes(list) && (await tools.ledger.list({ name: list })) !== null
}

/** Somebody wants to join a list. The list is one of `isOpenList`. */
export async function askToJoin(tools: ConsentTools, confirmations: Messages, order: JoinOrder): Promise<AskAnswer> {
  const address = parseAddress(order.address)
  if ('fault' in address) return { kind: 'no-address', why: address.fault }
  const list = await tools.ledger.list({ name: order.list })
  if (!list) return { kind: 'asked' }
  const asking = await tools.ledger.ask({
    ...applicant(tools, address),
    ...evidence(order.shown, tools.now()),
    listId: list.id,
    name: order.name,
    language: order.language,
  })
  if (asking.outcome === 'asked') mail(tools, confirmations, 'join', { ...order, address: address.address, ...asking })
  return { kind: 'asked' }
}

const applicant = ({ tokens }: ConsentTools, { address, key }: { address: string; key: string }) => ({
  address,
  key,
  hash: tokens.addressHash(key),
})

const evidence = ({ text, language, source }: Shown, now: number) => ({ text, textLanguage: language, source, now })

/** The mail goes after the answer, so that the time it takes tells nobody whether there was one to send. */
function mail(
  tools: ConsentTools,
  confirmations: Messages,
  template: 'join' | 'address',
  to: { address: string; language: string; signUp: number; before: number | null },
): void {
  if (to.before !== null && tools.now() - to.before < ASK_AGAIN) return
  const { publicUrl, organisation } = tools.config
  const order = {
    template,
    to: to.address,
    data: { organisation, confirm: `${publicUrl}/confirm/${tools.tokens.confirmation(to.signUp)}` },
    language: to.language,
    token: null,
    key: null,
  }
  confirmations.post(order).then(
    (answer) => {
      if (answer.kind !== 'taken') tools.log('confirmation-not-sent', { why: JSON.stringify(answer) })
    },
    (error: Error) => tools.log('confirmation-not-sent', { why: error.message }),
  )
}

export interface Asked {
  readonly language: string
  /** To join a list, or to have another address. */
  readonly what: 'join' | 'address'
}

/** Whose confirmation page this is; null for a token that is none of ours, and for a sign-up that is gone. */
export async function asked(tools: ConsentTools, token: string): Promise<Asked | null> {
  const signUp = await signUpOf(tools, token)
  return (
    signUp && { language: signUp.language ?? signUp.textLanguage, what: signUp.listId === null ? 'address' : 'join' }
  )
}

async function signUpOf(tools: ConsentTools, token: string) {
  const id = tools.tokens.readConfirmation(token)
  const signUp = id === null ? null : await tools.ledger.signUp({ id })
  return signUp && tools.now() - signUp.askedAt < SIGN_UPS_KEPT ? signUp : null
}

/** They have pressed: on disk when it resolves. False: gone, taken by another, or suppressed. */
export async function confirmed(tools: ConsentTools, token: string): Promise<boolean> {
  const id = tools.tokens.readConfirmation(token)
  if (id === null || !(await signUpOf(tools, token))) return false
  const confirmation = await tools.ledger.confirm({ signUp: id, source: 'confirmation page', now: tools.now() })
  return confirmation?.outcome === 'confirmed' || confirmation?.outcome === 'again'
}

/** Who holds this unsubscribe token, with what they get; null: not ours, a test copy's, or erased. */
export async function preferences(tools: ConsentTools, token: string): Promise<SubscriberCard | null> {
  const who = tools.tokens.readUnsubscribe(token)
  if (!who || who.test) return null
  return await tools.ledger.subscriber({ id: who.subscriber })
}

export type Choice =
  | { readonly kind: 'person'; readonly name: string | null; readonly language: string | null }
  | { readonly kind: 'leave' | 'return'; readonly list: number }
  | { readonly kind: 'pause'; readonly list: number; readonly months: number }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'erase' }

export type ChoiceAnswer = { readonly kind: 'done' } | AskAnswer

/** Does what they chose; on disk when it resolves. Null for a token that is nobody's. */
export async function choose(
  tools: ConsentTools,
  confirmations: Messages,
  token: string,
  choice: Choice,
  shown: Shown,
): Promise<ChoiceAnswer | null> {
  const card = await preferences(tools, token)
  if (!card) return null
  const { ledger } = tools
  const now = tools.now()
  const { source } = shown
  switch (choice.kind) {
    case 'person':
      await ledger.editPerson({ subscriber: card.id, name: choice.name, language: choice.language })
      break
    case 'leave':
      await ledger.unsubscribe({ listId: choice.list, subscriber: card.id, source, now })
      break
    case 'return':
      // A list that they were never on is joined by its own page, not by a number in a form.
      if (card.lists.some(({ id }) => id === choice.list)) {
        await ledger.returnTo({ listId: choice.list, subscriber: card.id, ...evidence(shown, now) })
      }
      break
    case 'pause':
      await ledger.pause({
        listId: choice.list,
        subscriber: card.id,
        until: now + choice.months * 30 * DAY,
        source,
        now,
      })
      break
    case 'address': {
      const address = parseAddress(choice.address)
      if ('fault' in address) return { kind: 'no-address', why: address.fault }
      const order = { ...applicant(tools, address), ...evidence(shown, now), subscriber: card.id }
      const asking = await ledger.changeAddress(order)
      if (asking.outcome === 'asked') {
        const language = card.language ?? shown.language
        mail(tools, confirmations, 'address', { address: address.address, language, ...asking })
      }
      return { kind: 'asked' }
    }
    case 'erase': {
      const address = parseAddress(card.address)
      if ('fault' in address) return null
      await ledger.erase({ key: address.key, hash: tools.tokens.addressHash(address.key), source, now })
    }
  }
  return { kind: 'done' }
}

/** All that is kept of who holds this token, for them to read. */
export async function dataFor(tools: ConsentTools, token: string): Promise<PersonData | null> {
  const card = await preferences(tools, token)
  return card && (await tools.ledger.dataOf({ subscriber: card.id }))
}

/** What time alone does: pauses end, and sign-ups that nobody confirmed are forgotten. */
export async function tendConsent(tools: Pick<Tools, 'ledger' | 'now'>): Promise<void> {
  const { ledger } = tools
  const now = tools.now()
  while ((await ledger.endPauses({ now })) > 0);
  while ((await ledger.sweepUnconfirmed({ before: now - SIGN_UPS_KEPT })) > 0);
  while ((await ledger.forgetApplicants({ before: now - SIGN_UPS_KEPT })) > 0);
}
