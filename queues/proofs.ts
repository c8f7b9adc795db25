/** A job is one look into the seed mailboxes, for the copies of one mailing that are waited for. */
import type { Job } from 'bullmq'
import { prove, type Tools } from '../src/publishing/index.ts'

export const proofs = { name: 'proofs', concurrency: 4 } as const

export interface ProofJob {
  readonly mailing: number
}

export const proofJob = (mailing: number, dueAt: number): string => `proof-${mailing}-${dueAt}`

export const runProof = (tools: Tools) => async (job: Job<ProofJob>) => await prove(tools, job.data.mailing)
