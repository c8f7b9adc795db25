/** One at a time: a corrigendum is made from what stands dead and unanswered, or addressed once its notice has passed. */
import type { Job } from 'bullmq'
import { address, correct, type Tools } from '../src/publishing/index.ts'

export const corrigenda = { name: 'corrigenda', concurrency: 1 } as const

export type CorrigendumJob = { readonly correct: number } | { readonly address: number }

export const corrigendumJob = (data: CorrigendumJob): string =>
  'correct' in data ? `correct-${data.correct}` : `address-${data.address}`

export const runCorrigendum = (tools: Tools, lanes: number) => async (job: Job<CorrigendumJob>) => {
  if ('correct' in job.data) await correct(tools, job.data.correct)
  else await address(tools, job.data.address, lanes)
}
