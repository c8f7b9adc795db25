/**
 * The links room: what is wrong with a mail's links, and what became of them.
 *
 * `missing` reads a Copy and finds the links it promises and does not give; `openLooker` looks at addresses over the
 * network, politely and never at private ones; `judge` tells from looks alone whether a link is alive. No ledger, no
 * configuration, no clock of its own: what is known already, and what time it is, come in as arguments.
 */
export type { Fault } from './fault.ts'
export {
  type CheckedLink,
  type Findings,
  judgeCopy,
  lookAtAll,
  lookFaults,
  lookWarnings,
  type Manner,
  requestsFor,
} from './findings.ts'
export type { Gravity } from './gravity.ts'
export { gravity } from './gravity.ts'
export type { Judgement, Patience } from './judge.ts'
export { failingRun, judge } from './judge.ts'
export type { Cause, Look, LookRequest, Verdict } from './look.ts'
export { LOOK_RULES } from './look-rules.ts'
export type { Looker } from './looker.ts'
export { openLooker } from './looker.ts'
export { type Missing, missing, RULES, type Rule } from './missing.ts'
export { undoRewriting } from './rewriters.ts'
export { nextLook } from './schedule.ts'
