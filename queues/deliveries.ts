/** A job is one chunk over one lane. Its number of lanes is the number of connections to the relay. */
import type { Job } from 'bullmq'
import { deliver, type Tools } from '../src/publishing/index.ts'

export const deliveries = { name: 'deliveries' } as const

export interface ChunkJob {
  readonly chunk: number
}

/** The epoch is in the name, so the claim after a crash is a new job; run twice, it finds the epoch taken. */
export const chunkJob = (chunk: number, epoch: number): string => `chunk-${chunk}-${epoch}`

export const runChunk = (tools: Tools, claim: { owner: string; leaseMs?: number }) => async (job: Job<ChunkJob>) =>
  await deliver(tools, job.data.chunk, claim)
