/**
 * Templates of messages to one, past the gate. What everybody gets alike is judged once: its word is renewed beside the
 * requests while it still counts, so that nobody waits for looks but the first.
 */
import { isComplaint } from '../complaint.ts'
import type { Announcement, Fields } from '../edition/index.ts'
import type { Fault } from '../links/index.ts'
import { fitter } from './audience.ts'
import { keepChecked } from './certificate.ts'
import { type CheckedEdition, gate } from './check.ts'
import { LOOK_HOLDS, remembered } from './memory.ts'
import { houseOf, type Tools } from './tools.ts'

type TemplateTools = Pick<Tools, 'config' | 'ledger' | 'tokens' | 'looker' | 'make' | 'now' | 'log'>

/** A word of the gate that is this old is renewed, and one that is older than it counts for is asked again. */
const RENEWED_AFTER = LOOK_HOLDS
const COUNTS_FOR = 60 * 60_000
/** A refused template is not judged again sooner, or each request would look at its links. Milliseconds. */
const REFUSED_HOLDS = 10_000

export interface Template {
  readonly edition: CheckedEdition
  readonly id: number
  readonly misfits: (fields: Fields) => string[]
}

type Passed = Template | { readonly refused: readonly Fault[] } | { readonly fault: string }

interface Known {
  readonly text: string
  readonly at: number
  readonly template: Promise<Passed>
}

/** Templates past the gate, by name: made again when their text is another, judged again when the gate's word is old. */
export function templatesOf(tools: TemplateTools, kind: 'message' | 'confirmation') {
  const kept = new Map<string, Known>()
  const renewing = new Set<string>()
  const start = (source: Announcement): Known => {
    const known = { text: source.text, at: tools.now(), template: pastTheGate(tools, source, kind) }
    // What could not be made or looked at is no answer to keep; an earlier one that still counts is.
    known.template.catch(() => kept.get(source.name) === known && kept.delete(source.name))
    return known
  }
  return async (source: Announcement) => {
    const known = kept.get(source.name)
    const age = tools.now() - (known?.at ?? 0)
    if (known?.text === source.text && age < COUNTS_FOR) {
      if (age > RENEWED_AFTER && !renewing.has(source.name)) {
        renewing.add(source.name)
        const next = start(source)
        next.template
          .then(() => kept.set(source.name, next))
          .catch((error: Error) => tools.log('template-not-renewed', { template: source.name, why: error.message }))
          .finally(() => renewing.delete(source.name))
      }
      const template = await known.template
      // A refusal is asked again soon: whoever mended the page does not wait long.
      if (!('refused' in template) || age < REFUSED_HOLDS) return template
    }
    const fresh = start(source)
    kept.set(source.name, fresh)
    return await fresh.template
  }
}

async function pastTheGate(
  tools: TemplateTools,
  source: Announcement,
  kind: 'message' | 'confirmation',
): Promise<Passed> {
  const now = tools.now()
  try {
    const made = await tools.make(source, { kind, house: houseOf(tools.config), now: new Date(now) })
    const edition = await gate(tools, made, { remembered: remembered(tools) })
    if ('refused' in edition) return { refused: edition.refused.faults }
    const id = await keepChecked(tools, edition)
    return { edition, id, misfits: fitter(edition) }
  } catch (error) {
    if (!isComplaint(error)) throw error
    return { fault: error.message }
  }
}
