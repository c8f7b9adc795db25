/**
 * What is decided: a corrigendum is made from what stands dead and unanswered, or addressed once its notice has passed; a
 * mailing that the watch holds is seen to; one that was given a time is judged again when it comes; and the team is told
 * what there is to tell.
 *
 * A few at a time, for a gate that waits for a slow page must delay no other mailing; and of one mailing one at a time,
 * for each decision reads how the mailing and its corrigenda stand and acts on that.
 */
import type { Job } from 'bullmq'
import { address, correct, seeToLine, startOnTime, type Tools, tellTeam } from '../src/publishing/index.ts'

export const decisions = { name: 'decisions', concurrency: 4 } as const

export type DecisionJob =
  | { readonly correct: number }
  | { readonly address: number }
  | { readonly line: number }
  | { readonly start: number }
  | { readonly tell: true }

export const decisionJob = (data: DecisionJob): string => Object.entries(data).flat().join('-')

interface Manner {
  readonly lanes: number
  /** Told when mail waits that did not before: its next tick need not wait for its time. */
  readonly soon: () => void
}

/** A decision about what is being decided of already is left: it stays due, and the next tick asks again. */
export function runDecision(tools: Tools, manner: Manner): (job: Pick<Job<DecisionJob>, 'data'>) => Promise<void> {
  const inHand = new Set<number | 'team'>()
  return async ({ data }) => {
    const about = await subjectOf(tools, data)
    if (inHand.has(about)) return
    inHand.add(about)
    try {
      await decide(tools, data, manner)
    } finally {
      inHand.delete(about)
    }
  }
}

/** The mailing; of a corrigendum, the one that it corrects. */
async function subjectOf({ ledger }: Pick<Tools, 'ledger'>, data: DecisionJob): Promise<number | 'team'> {
  if ('tell' in data) return 'team'
  if ('correct' in data) return data.correct
  const id = 'address' in data ? data.address : 'line' in data ? data.line : data.start
  return (await ledger.mailing({ id }))?.corrects ?? id
}

async function decide(tools: Tools, data: DecisionJob, { lanes, soon }: Manner): Promise<void> {
  if ('correct' in data) await correct(tools, data.correct)
  else if ('address' in data) {
    // Only where it is done: one that waits for its neighbours would be asked about without a pause.
    if (await address(tools, data.address, lanes)) soon()
  } else if ('line' in data) await seeToLine(tools, data.line)
  else if ('start' in data) await startOnTime(tools, data.start)
  else await tellTeam(tools)
}
