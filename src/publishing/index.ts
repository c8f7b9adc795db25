/**
 * The publishing room: the route of a mailing, one file a step.
 *
 *   check · publish · prove · deliver · watch · correct
 *
 * Each step is a function of (tools, input). It decides what happens next to a mailing and writes that into the ledger;
 * it does not know when it runs or who calls it: queues, command line and web pages stand to its right.
 */

export { address } from './addressed.ts'
export {
  type Audience,
  fieldsFor,
  type Resolved,
  readersOf,
  resolve,
  surveyAudience,
  type To,
  theList,
} from './audience.ts'
export { type BounceNews, takeBounce } from './bounce.ts'
export {
  type CheckedEdition,
  type GateManner,
  gate,
  judgeEdition,
} from './check.ts'
export {
  type AskAnswer,
  type Asked,
  asked,
  askToJoin,
  type Choice,
  type ChoiceAnswer,
  choose,
  confirmed,
  dataFor,
  isOpenList,
  type JoinOrder,
  openConfirmations,
  preferences,
  type Shown,
  tendConsent,
} from './consent.ts'
export { correct } from './correct.ts'
export type { Plan } from './corrigendum.ts'
export { deliver } from './deliver.ts'
export { examine, fitToSend } from './doctor.ts'
export { tellEvents } from './events.ts'
export { keepGeneration } from './generation.ts'
export { resume, seeToLine } from './held.ts'
export { type HookAnswer, takeHook } from './hooks.ts'
export { type Limits, quietUntil, throughAt } from './hours.ts'
export { keepLooks, remembered } from './memory.ts'
export {
  type MessageAnswer,
  type MessageOrder,
  type Messages,
  messageStatus,
  openMessages,
  postTest,
  type TemplateFacts,
} from './messages.ts'
export { tellTeam } from './notice.ts'
export { ledgerPath, lookerOf, type OpenTools, openTools, routesOf, secretKey, signingKeys, tokensOf } from './open.ts'
export { correctByHand, correctHeld, type HandOrder, planCorrection } from './ordered.ts'
export { leave, leaving, type WebCopy, webCopy } from './pages.ts'
export { prove, seedMailboxes, start } from './prove.ts'
export { publish, publishSeries } from './publish.ts'
export { openReceivers } from './receivers.ts'
export { replacementFor } from './replacement.ts'
export { pictureOf } from './report/picture.ts'
export { htmlOf, markdownOf } from './report/written.ts'
export { type Report, reportOn } from './report.ts'
export { areReportsDue, takeReports } from './reports.ts'
export { seeToReturns } from './returns.ts'
export { sampleMail } from './samples.ts'
export { isQuietFor, startOnTime, wasGivenATime } from './schedule.ts'
export { plainly } from './tell/words.ts'
export { houseOf, isOwnPage, type Log, type Permits, type Receivers, type Tools, UNLIMITED } from './tools.ts'
export { dayOf, isVouchable, placeKey, VOUCH_HOLDS } from './vouch.ts'
export { watch } from './watch.ts'
export { hookKey } from './webhook.ts'
export { momentOf } from './zone.ts'
