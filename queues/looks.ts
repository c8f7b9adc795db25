/** A job is one look at one link, for all mailings that watch it. Politeness to hosts is the looker's own. */
import type { Job } from 'bullmq'
import { type Tools, watch } from '../src/publishing/index.ts'

export const looks = { name: 'looks', concurrency: 8 } as const

export interface LookJob {
  readonly link: number
}

export const lookJob = (link: number, dueAt: number): string => `look-${link}-${dueAt}`

export const runLook = (tools: Tools) => async (job: Job<LookJob>) => await watch(tools, job.data.link)
