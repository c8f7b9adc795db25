/** The child of `makeApart`: renders one announcement, answers, and ends. */
import { isComplaint } from '../complaint.ts'
import type { Answer } from './apart.ts'
import type { How } from './draft.ts'
import type { Announcement } from './edition.ts'
import { make } from './make.ts'

process.once('message', async ({ announcement, how }: { announcement: Announcement; how: How }) => {
  const answer = await make(announcement, how).then(
    (edition): Answer => ({ edition }),
    (error: unknown): Answer => {
      if (!isComplaint(error)) return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
      return { complaint: { fault: error.message, remedy: error.remedy, exit: error.exit } }
    },
  )
  process.send?.(answer, () => process.disconnect())
})
