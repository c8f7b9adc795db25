/** A report in words: Markdown, and HTML that needs nothing else and prints well. Both say the same. */
import type { Report } from '../report.ts'
import { grouped as n, utc } from '../tell/words.ts'
import { escaped, pictureOf } from './picture.ts'

type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

interface Section {
  readonly title: string
  readonly words: readonly string[]
  readonly table: Table | null
}

const when = (at: number | null): string => (at === null ? '–' : utc(at))

const titleOf = ({ mailing }: Report): string => `Report on mailing ${mailing.id}: ${mailing.subject}`

function sections(report: Report): Section[] {
  const dead = report.links.filter((link) => link.deadAt !== null).length
  const left = report.corrigenda.filter((one) => one.mailing.startedAt !== null).length
  return [
    { title: 'In short', words: [inShort(report, dead)], table: null },
    theMailing(report),
    itsLinks(report),
    ...(dead === 0 && left === 0 ? [] : [theConcerned(report)]),
    ...(report.corrigenda.length === 0 ? [] : [theCorrigenda(report)]),
    {
      title: 'What happened, in order',
      words: [],
      table: { head: ['When', 'What'], rows: report.events.map(({ at, what }) => [when(at), what]) },
    },
  ]
}

function inShort({ links, people, mailing }: Report, dead: number): string {
  if (dead === 0) {
    const failing = links.filter((link) => link.state !== 'alive').length
    return failing === 0
      ? `All ${n(links.length)} links of mailing ${mailing.id} are alive.`
      : `${n(failing)} of ${n(links.length)} links of mailing ${mailing.id} fail, and none counts as dead.`
  }
  const gone = people.unsubscribed + people.suppressed + people.erased
  return `${n(dead)} of ${n(links.length)} links died. ${n(people.holders)} people had been handed a dead link; ${n(people.writtenTo)} of them were written to again, ${n(people.waiting)} are still to be, and ${n(gone)} cannot be reached.`
}

function theMailing({ organisation, mailing, counts }: Report): Section {
  const states = Object.entries(counts).flatMap(([state, count]) => (count > 0 ? [[state, n(count)]] : []))
  return {
    title: 'The mailing',
    words: [
      `${organisation}. Kind: ${mailing.kind}. List: ${mailing.list ?? 'none'}. State: ${stateOf(mailing.state, mailing.stateWhy)}.`,
      `Published ${when(mailing.publishedAt)}; the first copy left ${when(mailing.startedAt)}, the last ${when(mailing.finishedAt)}.`,
    ],
    table: { head: ['Copies', 'People'], rows: [...states, ['in all', n(mailing.audience)]] },
  }
}

const stateOf = (state: string, why: string | null): string => `${state}${why ? ` (${why})` : ''}`

function itsLinks({ links }: Report): Section {
  const rows = links.map((link) => [
    link.address,
    stateOf(link.state, link.why),
    when(link.lastAlive),
    when(link.firstFailing),
    when(link.deadAt),
    n(link.looks.length),
    n(link.holders),
  ])
  return {
    title: 'Its links',
    words: links.length === 0 ? ['None was watched.'] : [],
    table: {
      head: ['Link', 'State', 'Last seen alive', 'First seen failing', 'Dead since', 'Looks', 'People who hold it'],
      rows,
    },
  }
}

function theConcerned({ people }: Report): Section {
  return {
    title: 'The people concerned',
    words: [`${n(people.holders)} people were handed a link that died. Each is counted once:`],
    table: {
      head: ['What became of them', 'People'],
      rows: [
        ['written to again', n(people.writtenTo)],
        ['still to be written to', n(people.waiting)],
        ['not reachable: left the list since', n(people.unsubscribed)],
        ['not reachable: suppressed', n(people.suppressed)],
        ['not reachable: erased at their wish', n(people.erased)],
        ['in all', n(people.holders)],
      ],
    },
  }
}

function theCorrigenda({ corrigenda, people }: Report): Section {
  const rows = corrigenda.map(({ mailing: one, counts: of, changes }) => [
    `${one.id}`,
    stateOf(one.state, one.stateWhy),
    one.startedAt === null && one.state === 'scheduled' ? `leaves ${when(one.dueAt)}` : when(one.startedAt),
    when(one.finishedAt),
    n(one.audience),
    n(of.accepted),
    n(of.rejected + of.bounced + of.expired),
    changes.map(({ from, to }) => `${from} → ${to ?? 'withdrawn'}`).join('; ') || '–',
  ])
  return {
    title: 'The corrigenda',
    words: [
      `Of all copies of corrigenda, ${n(people.accepted)} were accepted by their servers (or may have been), ${n(people.onTheWay)} are on their way, and ${n(people.refused)} were refused.`,
    ],
    table: {
      head: ['Corrigendum', 'State', 'Left', 'Ended', 'People', 'Accepted', 'Refused', 'What it changed'],
      rows,
    },
  }
}

/** `picture`: where the timeline stands, beside the report; null: without it. */
export function markdownOf(report: Report, picture: string | null): string {
  const cell = (text: string): string => text.replace(/[\\|*_`<>[\]#]/g, (sign) => `\\${sign}`)
  const table = ({ head, rows }: Table): string =>
    [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n')
  const parts = sections(report).map(({ title, words, table: of }) =>
    [`## ${title}`, ...words.map(cell), ...(of && of.rows.length > 0 ? [table(of)] : [])].join('\n\n'),
  )
  const [first = '', ...others] = parts
  return `${[`# ${cell(titleOf(report))}`, first, ...(picture === null ? [] : [`![Timeline](${picture})`]), ...others].join('\n\n')}\n`
}

export function htmlOf(report: Report): string {
  const table = ({ head, rows }: Table): string => {
    const numeric = head.map((name) => ['People', 'Looks', 'Accepted', 'Refused', 'People who hold it'].includes(name))
    const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
      row.map((text, at) => `<${tag}${numeric[at] ? ' class="n"' : ''}>${escaped(text)}</${tag}>`).join('')
    return `<div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`
  }
  const parts = sections(report).map(
    ({ title, words, table: of }) =>
      `<section><h2>${escaped(title)}</h2>${words.map((text) => `<p>${escaped(text)}</p>`).join('')}${of && of.rows.length > 0 ? table(of) : ''}</section>`,
  )
  const [first = '', ...others] = parts
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(titleOf(report))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><p class="house">${escaped(report.organisation)}</p><h1>${escaped(titleOf(report))}</h1></header>
${first}
<figure class="scroll" tabindex="0">${pictureOf(report)}<figcaption>Times are UTC. Time is stretched where much happens.</figcaption></figure>
${others.join('\n')}
</main>
</body>
</html>
`
}

const STYLE = `
:root{color-scheme:light dark;--page:#f2f5f7;--sheet:#fff;--ink:#1f2933;--soft:#52606d;--line:#d9e2ea;--accent:#0b5c8a}
@media (prefers-color-scheme:dark){:root{--page:#10161b;--sheet:#1a232b;--ink:#e8edf1;--soft:#b4c0ca;--line:#33424f;--accent:#9fd3f2}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif}
main{max-width:1040px;margin:32px auto;padding:32px 40px 40px;background:var(--sheet);border-top:5px solid var(--accent)}
.house{margin:0;color:var(--accent);font-weight:600}h1{margin:8px 0 0;font-size:28px;line-height:1.25}
h2{margin:32px 0 8px;font-size:19px}p{margin:0 0 8px;max-width:72ch}
figure{margin:24px 0 0}.timeline{display:block;width:100%;min-width:720px;height:auto;border:1px solid var(--line);border-radius:8px}
figcaption{margin-top:6px;color:var(--soft);font-size:14px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:15px}
th{text-align:left;color:var(--soft);font-weight:600;border-bottom:2px solid var(--line)}
th,td{padding:6px 14px 6px 0;vertical-align:top;overflow-wrap:anywhere}td{border-bottom:1px solid var(--line)}
th{overflow-wrap:normal}th.n,td.n{text-align:right}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
td:first-child{min-width:9em}
@media (max-width:640px){main{margin:0;padding:20px 16px 28px}}
@media print{:root{color-scheme:light;--page:#fff;--sheet:#fff;--ink:#000;--soft:#444;--line:#bbb;--accent:#0b5c8a}
body{font-size:11pt}main{margin:0;padding:0;max-width:none}section,figure,tr{break-inside:avoid}table{font-size:9.5pt}.scroll{overflow:visible}.timeline{min-width:0}}
@page{size:A4;margin:16mm}`
