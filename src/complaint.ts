/**
 * An error that a person can act on: it names the fault, the thing, and the remedy.
 * Only process entries print it and exit with its code; nothing in between catches and goes on.
 * Tell one by `code === 'COMPLAINT'`, not by instanceof: it may have crossed a thread or a realm.
 */
export class Complaint extends Error {
  readonly code = 'COMPLAINT'
  readonly remedy: string
  /** 1 failed, 2 refused, 3 misconfigured: the exit codes of the command line. */
  readonly exit: 1 | 2 | 3

  constructor(fault: string, how: { remedy: string; exit?: 1 | 2 | 3; cause?: unknown }) {
    super(fault, how.cause === undefined ? undefined : { cause: how.cause })
    this.name = 'Complaint'
    this.remedy = how.remedy
    this.exit = how.exit ?? 1
  }
}

export const isComplaint = (error: unknown): error is Complaint =>
  typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 'COMPLAINT'
