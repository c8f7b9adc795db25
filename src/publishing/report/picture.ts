/**
 * The timeline of a report as SVG, made here: how the mailing, each link, the team and the corrigenda stood over time.
 * Readable in light, in dark, in print and without colour: every state has its own shape. Time is stretched where much
 * happens, and every mark of the axis says its time.
 */
import type { Report, ReportLink } from '../report.ts'
import { grouped } from '../tell/words.ts'

const WIDTH = 960
const LEFT = 236
const RIGHT = 28
const ROW = 34
const TOP = 58
const LINKS_SHOWN = 8
/** Two labels of the axis closer than this would touch. */
const LABEL = 74

export function pictureOf(report: Report): string {
  const shown = report.links.filter((link, at) => link.state !== 'alive' || at < LINKS_SHOWN).slice(0, LINKS_SHOWN)
  const scale = scaleOf(report)
  const rows = [
    row('Mailing', `${report.mailing.id}, ${grouped(report.mailing.audience)} people`, (y) =>
      mailingBar(report, scale, y),
    ),
    ...shown.map((link) => row(`Link ${link.link}`, link.address, (y) => linkLine(link, scale, y))),
    ...(report.told.length > 0
      ? [row('Team told', `${report.told.length} notices`, (y) => toldMarks(report, scale, y))]
      : []),
    ...report.corrigenda
      .slice(-4)
      .map((one) => row(`Corrigendum ${one.mailing.id}`, wordsFor(one), (y) => corrigendumBar(one, scale, y))),
  ]
  const height = TOP + rows.length * ROW + 54
  const title = `What happened to mailing ${report.mailing.id}`
  return `<svg xmlns="http://www.w3.org/2000/svg" class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="timeline-title">
<title id="timeline-title">${escaped(title)}: ${escaped(spoken(report))}</title>
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>
${axis(scale, rows.length)}
${rows.map((draw, at) => draw(TOP + at * ROW + ROW / 2)).join('\n')}
${legend(height - 22)}
</svg>`
}

/** From a moment to its place, and the moments that the axis names. */
interface Scale {
  readonly x: (at: number) => number
  readonly marks: readonly number[]
  readonly end: number
}

/** Between two moments that matter lies room for them, and a little for how long it took. */
function scaleOf(report: Report): Scale {
  const moments = new Set(report.events.map(({ at }) => at))
  for (const { mailing } of report.corrigenda) {
    if (mailing.state !== 'cancelled') moments.add(mailing.dueAt)
  }
  const last = Math.max(...report.links.flatMap(({ looks }) => looks.slice(-1).map(({ at }) => at)), ...moments)
  moments.add(last)
  const marks = [...moments].toSorted((a, b) => a - b)
  const gaps = marks.slice(1).map((at, n) => Math.log2(1 + (at - (marks[n] ?? at)) / 60_000) + 0.15)
  const all = gaps.reduce((sum, gap) => sum + gap, 0) || 1
  const room = WIDTH - LEFT - RIGHT
  const places = [LEFT]
  for (const gap of gaps) places.push((places.at(-1) ?? LEFT) + (gap / all) * room)
  const x = (at: number): number => {
    const after = marks.findIndex((mark) => mark >= at)
    if (after <= 0) return after === 0 ? LEFT : (places.at(-1) ?? LEFT)
    const [from, to] = [marks[after - 1] ?? at, marks[after] ?? at]
    const [left, right] = [places[after - 1] ?? LEFT, places[after] ?? LEFT]
    return left + (to === from ? 0 : (at - from) / (to - from)) * (right - left)
  }
  return { x, marks, end: last }
}

function axis({ x, marks }: Scale, rows: number): string {
  const bottom = TOP + rows * ROW
  let free = Number.NEGATIVE_INFINITY
  let day = ''
  const last = marks.at(-1)
  const drawn = marks.map((at) => {
    const place = x(at)
    const line = `<line class="grid" x1="${round(place)}" y1="${TOP - 6}" x2="${round(place)}" y2="${bottom}"/>`
    // The end always has its time; what would touch it, or the label before, has a line alone.
    const touches = place < free || (at !== last && last !== undefined && place > x(last) - LABEL)
    if (touches) return line
    free = place + LABEL
    const today = dayOf(at)
    const named =
      today === day ? '' : `<text class="day" x="${round(place)}" y="22" text-anchor="${anchor(place)}">${today}</text>`
    day = today
    return `${line}${named}<text class="time" x="${round(place)}" y="40" text-anchor="${anchor(place)}">${timeOf(at)}</text>`
  })
  return drawn.join('')
}

const anchor = (place: number): string => (place < LEFT + 20 ? 'start' : place > WIDTH - RIGHT - 34 ? 'end' : 'middle')

const row =
  (name: string, about: string, draw: (y: number) => string) =>
  (y: number): string =>
    `<g><title>${escaped(`${name}: ${about}`)}</title><text class="name" x="16" y="${y - 2}">${escaped(name)}</text><text class="about" x="16" y="${y + 12}">${escaped(shortened(about, 36))}</text>${draw(y)}</g>`

function mailingBar({ mailing, holds }: Report, { x, end }: Scale, y: number): string {
  const from = mailing.startedAt ?? mailing.publishedAt ?? end
  const to = mailing.finishedAt ?? end
  const held = holds.map((hold) => box('held', x(hold.from), x(hold.to ?? Math.max(to, hold.from)), y, 14))
  return box('sent', x(from), x(to), y, 14) + held.join('')
}

/** A line while it was alive, a thick one while it failed, a cross where it died. */
function linkLine(link: ReportLink, { x, end }: Scale, y: number): string {
  const first = link.looks[0]?.at ?? end
  const failing = link.firstFailing
  const until = failing ?? end
  const alive = `<line class="alive" x1="${round(x(link.since))}" y1="${y}" x2="${round(x(failing === null ? end : (link.lastAlive ?? until)))}" y2="${y}"/>`
  const between =
    failing === null
      ? ''
      : `<line class="between" x1="${round(x(link.lastAlive ?? first))}" y1="${y}" x2="${round(x(failing))}" y2="${y}"/><line class="failing" x1="${round(x(failing))}" y1="${y}" x2="${round(x(end))}" y2="${y}"/>`
  const looks = link.looks.map(({ at, failed }) =>
    failed
      ? `<rect class="bad" x="${round(x(at) - 3)}" y="${y - 3}" width="6" height="6"/>`
      : `<circle class="good" cx="${round(x(at))}" cy="${y}" r="3"/>`,
  )
  return alive + between + looks.join('') + (link.deadAt === null ? '' : cross(x(link.deadAt), y))
}

const toldMarks = ({ told }: Report, { x }: Scale, y: number): string =>
  told
    .map(
      ({ at, subject }) =>
        `<path class="told" d="M${round(x(at))} ${y - 6}l6 6-6 6-6-6z"><title>${escaped(subject)}</title></path>`,
    )
    .join('')

function corrigendumBar({ mailing }: Report['corrigenda'][number], { x, end }: Scale, y: number): string {
  const left = mailing.startedAt
  const ended = mailing.finishedAt ?? end
  if (left !== null) return box('corrigendum', x(left), x(ended), y, 14)
  if (mailing.state === 'cancelled') return cross(x(mailing.finishedAt ?? end), y)
  return `<rect class="planned" x="${round(x(mailing.dueAt) - 5)}" y="${y - 7}" width="10" height="14" rx="2"/>`
}

const wordsFor = ({ mailing, counts }: Report['corrigenda'][number]): string =>
  mailing.startedAt === null
    ? `${mailing.state}${mailing.stateWhy ? `: ${mailing.stateWhy}` : ''}`
    : `${grouped(counts.accepted)} of ${grouped(mailing.audience)} people reached`

/** What takes a second must still be seen. */
const box = (what: string, from: number, to: number, y: number, high: number): string =>
  `<rect class="${what}" x="${round(from)}" y="${y - high / 2}" width="${round(Math.max(6, to - from))}" height="${high}" rx="2"/>`

const cross = (x: number, y: number): string => `<path class="dead" d="M${round(x - 6)} ${y - 6}l12 12m0-12l-12 12"/>`

function legend(y: number): string {
  const items: [number, string, string][] = [
    [78, `<rect class="sent" x="0" y="-6" width="18" height="12" rx="2"/>`, 'sending'],
    [66, `<rect class="held" x="0" y="-6" width="18" height="12" rx="2"/>`, 'held'],
    [98, `<circle class="good" cx="9" cy="0" r="3"/>`, 'seen alive'],
    [104, `<rect class="bad" x="6" y="-3" width="6" height="6"/>`, 'seen failing'],
    [110, `<path class="dead" d="M3 -6l12 12m0-12l-12 12"/>`, 'counts as dead'],
    [94, `<path class="told" d="M9 -6l6 6-6 6-6-6z"/>`, 'team told'],
    [108, `<rect class="corrigendum" x="0" y="-6" width="18" height="12" rx="2"/>`, 'corrigendum'],
    [90, `<rect class="planned" x="4" y="-6" width="10" height="12" rx="2"/>`, 'planned'],
  ]
  let x = 16
  const drawn = items.map(([wide, mark, words]) => {
    const at = x
    x += wide + 14
    return `<g transform="translate(${at} ${y})">${mark}<text class="about" x="24" y="4">${words}</text></g>`
  })
  return drawn.join('')
}

function spoken({ links, corrigenda, people }: Report): string {
  const dead = links.filter((link) => link.deadAt !== null).length
  const left = corrigenda.filter(({ mailing }) => mailing.startedAt !== null).length
  return `${dead} of ${links.length} links dead, ${people.holders} people concerned, ${left} corrigenda sent`
}

const round = (n: number): number => Math.round(n * 10) / 10

const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most / 2 - 1)}…${text.slice(-most / 2)}`

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 16)

const dayOf = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at)

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const LIGHT =
  '--paper:#ffffff;--ink:#1f2933;--soft:#52606d;--grid:#d9e2ea;--blue:#0b5c8a;--green:#1b7a4b;--red:#b3261e;--amber:#8a5a00;--held:#f4d58a'
const DARK =
  '--paper:#1a232b;--ink:#e8edf1;--soft:#b4c0ca;--grid:#33424f;--blue:#7cc0ea;--green:#6fd3a0;--red:#ff8a80;--amber:#f2c14e;--held:#6b5314'

const STYLE = `
.timeline{${LIGHT};font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif}
@media (prefers-color-scheme:dark){.timeline{${DARK}}}
@media print{.timeline{${LIGHT}}}
.paper{fill:var(--paper)}.grid{stroke:var(--grid);stroke-width:1}
.day{fill:var(--ink);font-size:13px;font-weight:600}.time,.about{fill:var(--soft);font-size:12px}.name{fill:var(--ink);font-size:13px;font-weight:600}
.sent{fill:var(--blue)}.held{fill:var(--held);stroke:var(--amber);stroke-width:1.5;stroke-dasharray:3 2}
.corrigendum{fill:var(--green)}.planned{fill:none;stroke:var(--green);stroke-width:2;stroke-dasharray:3 2}
.alive{stroke:var(--green);stroke-width:2}.between{stroke:var(--soft);stroke-width:2;stroke-dasharray:2 3}.failing{stroke:var(--red);stroke-width:3}
.good{fill:var(--paper);stroke:var(--green);stroke-width:2}.bad{fill:var(--red)}.dead{stroke:var(--red);stroke-width:3;fill:none}
.told{fill:var(--amber)}`
