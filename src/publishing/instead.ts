/** What the author wrote under `instead:`, looked at while the author is there: a replacement that is dead helps nobody later. */
import type { Edition } from '../edition/index.ts'
import type { Fault, Look } from '../links/index.ts'
import { isSamePage } from './replacement.ts'
import { isPersonal, type Tools } from './tools.ts'

/** Warnings, never faults: the letter is sound without them, and the next replacement is taken. `looker` null: no look. */
export async function insteadWarnings(
  tools: { readonly looker: Tools['looker'] | null },
  edition: Pick<Edition, 'links'>,
  known: ReadonlyMap<string, Look> = new Map(),
): Promise<Fault[]> {
  const pairs = Object.entries(edition.links).flatMap(([link, terms]) => terms.instead.map((to) => ({ link, to })))
  const open = pairs.filter(({ link, to }) => !isPersonal(to) && !isSamePage(link, to))
  const asked = [...new Set(open.map(({ to }) => to))].filter((to) => !known.has(to))
  const made = tools.looker === null ? [] : await tools.looker.look(asked.map((url) => ({ url })))
  const looks = new Map([...known, ...made.map((look): [string, Look] => [look.url, look])])
  return pairs.flatMap(({ link, to }) => {
    const why = whyNot(link, to, looks.get(to))
    return why === null ? [] : [warning(link, to, why)]
  })
}

function whyNot(link: string, to: string, look: Look | undefined): string | null {
  if (isSamePage(link, to)) return 'it is the same page, which would be dead too'
  if (!look) return null
  if (look.verdict !== 'alive') return look.why
  return look.finalUrl !== null && isSamePage(look.finalUrl, link)
    ? 'it leads back to the page that it should replace'
    : null
}

const warning = (link: string, to: string, why: string): Fault => ({
  rule: 'instead-no-use',
  certainty: 'suspected',
  part: 'header',
  line: null,
  excerpt: `instead: ⟦${to}⟧`.slice(0, 120),
  link: to,
  why: `as a replacement of ${link} it is of no use now: ${why}`,
  remedy: 'give another address under instead:, or leave it out; where there is another, that one is taken',
})
