/**
 * The links room: what is wrong with a mail's links, and what became of them.
 *
 * `missing` reads a Copy and finds the links it promises and does not give; `openLooker` looks at addresses over the
 * network, politely and never at private ones; `judge` tells from looks alone whether a link is alive. No ledger, no
 * configuration, no clock of its own: what is known already, and what time it is, come in as arguments.
 */
export type { Fault } from './fault.ts'
export type { Cause, Look, LookRequest, Verdict } from './look.ts'
