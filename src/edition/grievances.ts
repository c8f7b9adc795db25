/** Faults of one source file, collected so that an author hears of all of them at once. */
import { Complaint } from '../complaint.ts'

export interface Grievance {
  /** Line of the source file, from 1; null where the fault has no place (something is absent). */
  readonly line: number | null
  readonly fault: string
  readonly remedy: string
}

/** Returns if there is nothing to say; otherwise throws one Complaint that names file, line, fault and remedy of each. */
export function complainOf(file: string, grievances: readonly Grievance[]): void {
  const [first] = grievances
  if (!first) return
  const sorted = grievances.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
  const at = (line: number | null) => (line === null ? file : `${file}:${line}`)
  if (sorted.length === 1) throw new Complaint(`${at(first.line)}: ${first.fault}`, { remedy: first.remedy, exit: 2 })
  throw new Complaint(
    `${file} has ${sorted.length} faults\n${sorted.map((g) => `  ${at(g.line)}: ${g.fault}; ${g.remedy}`).join('\n')}`,
    { remedy: 'mend each line named above', exit: 2 },
  )
}
