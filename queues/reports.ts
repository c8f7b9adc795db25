/** A job is one look into the mailbox that reports come to; one at a time. */
import { type Tools, takeReports } from '../src/publishing/index.ts'

export const reports = { name: 'reports', concurrency: 1 } as const

export type ReportsJob = Record<string, never>

export const REPORTS_JOB = 'reports-due'

export const runReports = (tools: Tools) => async () => void (await takeReports(tools))
