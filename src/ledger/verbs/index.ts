/** Every verb but hand and settle, by whether it writes: a write takes the write lock when it begins. */
import * as addressing from './addressing.ts'
import * as bouncing from './bouncing.ts'
import * as consent from './consent.ts'
import * as correcting from './correcting.ts'
import * as delivering from './delivering.ts'
import * as editions from './editions.ts'
import * as facts from './facts.ts'
import * as frozen from './frozen.ts'
import * as generation from './generation.ts'
import * as heartbeat from './heartbeat.ts'
import * as holding from './holding.ts'
import * as importing from './importing.ts'
import * as joining from './joining.ts'
import * as line from './line.ts'
import * as lists from './lists.ts'
import * as mailings from './mailings.ts'
import * as messages from './messages.ts'
import * as notices from './notices.ts'
import * as opening from './opening.ts'
import * as people from './people.ts'
import * as proving from './proving.ts'
import * as quota from './quota.ts'
import * as receiving from './receivers.ts'
import * as records from './records.ts'
import * as returning from './returns.ts'
import type { Room } from './room.ts'
import * as tokens from './tokens.ts'
import * as uncertain from './uncertain.ts'
import * as vouching from './vouching.ts'
import * as watching from './watching.ts'

export const reads = {
  lists: lists.lists,
  list: lists.list,
  survey: lists.survey,
  readers: lists.readers,
  someReaders: lists.someReaders,
  members: lists.members,
  wouldImport: importing.wouldImport,
  subscriber: people.subscriber,
  dataOf: people.dataOf,
  signUp: joining.signUp,
  edition: editions.edition,
  frozenFields: frozen.frozenFields,
  dueMailings: mailings.dueMailings,
  holders: holding.holders,
  held: holding.held,
  mailing: mailings.mailing,
  mailings: mailings.mailings,
  counts: mailings.counts,
  dueChunks: delivering.dueChunks,
  uncertain: uncertain.uncertain,
  dueWatches: watching.dueWatches,
  looksSince: watching.looksSince,
  knownLooks: watching.knownLooks,
  watchesOf: watching.watchesOf,
  ripe: correcting.ripe,
  answered: correcting.answered,
  copiesOf: holding.copiesOf,
  holderCounts: holding.holderCounts,
  copiesTo: bouncing.copiesTo,
  returns: returning.returns,
  restingReceivers: receiving.restingReceivers,
  dueLines: line.dueLines,
  inHand: line.inHand,
  toTell: notices.toTell,
  dueNotices: notices.dueNotices,
  dueHooks: notices.dueHooks,
  noticesOf: notices.noticesOf,
  linksOfSite: notices.linksOfSite,
  watched: watching.watched,
  linkLines: watching.linkLines,
  who: records.who,
  holdersOf: records.holdersOf,
  deliveryCopy: records.deliveryCopy,
  corrigendumOf: records.corrigendumOf,
  corrigendaOf: records.corrigendaOf,
  audits: records.audits,
  vouches: vouching.vouches,
  message: messages.message,
  dueEvents: messages.dueEvents,
  apiTokens: tokens.apiTokens,
  dueProofs: proving.dueProofs,
  proofs: proving.proofs,
  quotaLeft: quota.quotaLeft,
  facts: facts.facts,
  heartbeat: heartbeat.heartbeat,
} as const

export const writes = {
  importPeople: importing.importPeople,
  declareFields: lists.declareFields,
  ask: joining.ask,
  changeAddress: joining.changeAddress,
  confirm: joining.confirm,
  sweepUnconfirmed: joining.sweepUnconfirmed,
  unsubscribe: consent.unsubscribe,
  pause: consent.pause,
  returnTo: consent.returnTo,
  endPauses: consent.endPauses,
  editPerson: people.editPerson,
  suppress: people.suppress,
  erase: people.erase,
  saveEdition: editions.saveEdition,
  certify: editions.certify,
  openMailing: opening.openMailing,
  freeze: opening.freeze,
  publish: opening.publish,
  discard: opening.discard,
  discardAbandoned: opening.discardAbandoned,
  begin: mailings.begin,
  hold: mailings.hold,
  resume: mailings.resume,
  cancel: mailings.cancel,
  sweepCancelled: mailings.sweepCancelled,
  claim: delivering.claim,
  renew: delivering.renew,
  release: delivering.release,
  settleByHand: uncertain.settleByHand,
  disown: delivering.disown,
  parkLapsed: delivering.parkLapsed,
  recordLook: watching.recordLook,
  postpone: watching.postpone,
  answerDead: correcting.answerDead,
  freezeCorrected: addressing.freezeCorrected,
  openCorrigenda: correcting.openCorrigenda,
  publishCorrigendum: addressing.publishCorrigendum,
  stall: correcting.stall,
  takeBack: correcting.takeBack,
  veto: correcting.veto,
  lineLater: line.lineLater,
  resumeLine: line.resumeLine,
  switchEdition: line.switchEdition,
  putNotice: notices.putNotice,
  noticeDone: notices.noticeDone,
  hooked: notices.hooked,
  mailNotice: notices.mailNotice,
  startProof: proving.startProof,
  proofLater: proving.proofLater,
  settleProof: proving.settleProof,
  releaseProof: proving.releaseProof,
  takeQuota: quota.takeQuota,
  giveBackQuota: quota.giveBackQuota,
  recordBounce: bouncing.recordBounce,
  stopForReturns: returning.stopForReturns,
  hearReceivers: receiving.hearReceivers,
  restReceiver: receiving.restReceiver,
  resumeReceiver: receiving.resumeReceiver,
  endQuarantines: bouncing.endQuarantines,
  grow: generation.grow,
  holdRestored: generation.holdRestored,
  trustRestored: generation.trustRestored,
  postMessages: messages.postMessages,
  eventTold: messages.eventTold,
  forgetApplicants: messages.forgetApplicants,
  addToken: tokens.addToken,
  revokeToken: tokens.revokeToken,
  audit: records.audit,
  vouch: vouching.vouch,
  revokeVouch: vouching.revokeVouch,
  recordLooks: vouching.recordLooks,
  beat: heartbeat.beat,
} as const

type Verb<F> = F extends (room: Room) => infer R
  ? () => R
  : F extends (room: Room, args: infer A) => infer R
    ? (args: A) => R
    : never

/** The verbs as their callers see them, whatever database is behind. */
export type Verbs = { readonly [K in keyof typeof reads]: Verb<(typeof reads)[K]> } & {
  readonly [K in keyof typeof writes]: Verb<(typeof writes)[K]>
}
