/**
 * What is decided one at a time: a corrigendum is made from what stands dead and unanswered, or addressed once its notice
 * has passed; a mailing that the watch holds is seen to; one that was given a time is judged again when it comes; and the
 * team is told what there is to tell.
 */
import type { Job } from 'bullmq'
import { address, correct, seeToLine, startOnTime, type Tools, tellTeam } from '../src/publishing/index.ts'

export const decisions = { name: 'decisions', concurrency: 1 } as const

export type DecisionJob =
  | { readonly correct: number }
  | { readonly address: number }
  | { readonly line: number }
  | { readonly start: number }
  | { readonly tell: true }

export const decisionJob = (data: DecisionJob): string => Object.entries(data).flat().join('-')

export const runDecision = (tools: Tools, lanes: number) => async (job: Job<DecisionJob>) => {
  const { data } = job
  if ('correct' in data) await correct(tools, data.correct)
  else if ('address' in data) await address(tools, data.address, lanes)
  else if ('line' in data) await seeToLine(tools, data.line)
  else if ('start' in data) await startOnTime(tools, data.start)
  else await tellTeam(tools)
}
