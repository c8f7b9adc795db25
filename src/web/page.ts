/** The frame of our own pages: plain HTML, one style sheet inside, no script, nothing fetched from anywhere. */
import { createHash } from 'node:crypto'
import { html, type Markup } from './html.ts'

/** A whole document. `language` is BCP 47; `wide` for tables. */
export function page(of: {
  title: string
  language: string
  direction: 'ltr' | 'rtl'
  body: Markup
  wide?: boolean
  /** Seconds after which the browser shows it anew. */
  again?: number
}): string {
  const again = of.again ? html`<meta http-equiv="refresh" content="${of.again}">` : null
  const { markup } = html`<html lang="${of.language}" dir="${of.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<link rel="icon" href="data:,">${again}
<title>${of.title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body class="${of.wide ? 'wide' : 'narrow'}">
${of.body}
</body>
</html>
`
  return `<!doctype html>\n${markup}`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5a6775; --paper: #fff; --ground: #eef2f6; --line: #d5dde5;
  --mark: #0b5cab; --on-mark: #fff; --good: #1b6e3c; --bad: #b3261e; --bad-ground: #fdecea }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #a3b0bd; --paper: #1b232c; --ground: #11171e;
  --line: #36424e; --mark: #7fb8f5; --on-mark: #0c1a29; --good: #7fd09d; --bad: #ff9d94; --bad-ground: #3a1c1a } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--ground); color: var(--ink); min-height: 100vh; display: flex; flex-direction: column;
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Naskh Arabic", sans-serif }
main { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: clamp(1.25rem, 5vw, 2.5rem) }
.narrow main { width: min(34rem, 100% - 2rem); margin: auto }
.wide main { width: min(80rem, 100% - 2rem); margin: 1rem auto; padding: clamp(.75rem, 2.5vw, 1.5rem) }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; text-wrap: balance; overflow-wrap: anywhere }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 2rem 0 .5rem; overflow-wrap: anywhere }
p { margin: 0 0 1rem; text-wrap: pretty }
p:last-child { margin-bottom: 0 }
.soft, .foot, th, dt { color: var(--soft) }
.foot { font-size: .875rem; text-align: center; margin: 0; padding: 0 1rem 1.5rem }
.narrow .foot { margin-top: auto; padding-top: 1.5rem }
.from { font-size: .875rem; letter-spacing: .01em; color: var(--soft); margin-bottom: 1.25rem }
a { color: var(--mark); text-underline-offset: .15em }
button { font: inherit; font-weight: 600; color: var(--on-mark); background: var(--mark); border: 0; border-radius: .5rem;
  padding: .8rem 1.5rem; min-height: 3rem; width: 100%; cursor: pointer }
@media (min-width: 30rem) { button { width: auto } }
form + form { margin-top: .75rem }
.field label { display: block; font-weight: 600; margin-bottom: .25rem }
.field input, .field select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft);
  border-radius: .5rem; padding: .6rem .75rem; width: 100%; min-height: 3rem }
.sure { display: flex; gap: .6rem; align-items: flex-start } .sure input { width: 1.5rem; height: 1.5rem; flex: none; margin: 0 }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 3px }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; width: min(80rem, 100% - 2rem); margin: 1rem auto 0 }
nav a { padding: .35rem 0 } nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none }
main nav { width: auto; margin: 0 0 .75rem }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums }
th { text-align: start; font-weight: 500; font-size: .8125rem; white-space: nowrap }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
tr:last-child td { border-bottom: 0 }
td.when, td.number, th.number { white-space: nowrap } .number { text-align: end }
@media (max-width: 40rem) { table.stack thead { display: none } table.stack tr { display: block; padding: .6rem 0;
  border-bottom: 1px solid var(--line) } table.stack tr:last-child { border-bottom: 0 } table.stack td { display: block;
  border: 0; padding: 0; text-align: start } table.stack td[data-name]::before { content: attr(data-name) " "; color: var(--soft) } }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 1rem; font-size: .9375rem }
dd { margin: 0; overflow-wrap: anywhere }
iframe { display: block; width: 100%; height: 75vh; border: 1px solid var(--line); border-radius: .5rem; background: #fff }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--ground); border-radius: .5rem;
  font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
.dead { color: var(--bad); background: var(--bad-ground); border-radius: .35rem; padding: .1rem .4rem;
  -webkit-box-decoration-break: clone; box-decoration-break: clone }
.done { color: var(--good) } .held { color: var(--bad) }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** What a browser may do with our own pages: show them with that style, and send their forms to us. */
export const OWN_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${STYLE_HASH}'`,
  `img-src data:`,
  `form-action 'self'`,
  `frame-src 'self'`,
  `frame-ancestors 'none'`,
  `base-uri 'none'`,
].join('; ')

/**
 * What it may do with somebody's letter: show it, with its own styles and pictures, and open its links. No script, no
 * form, and an origin of its own, so that it reaches nothing of ours.
 */
export const letterPolicy = (ancestors: "'none'" | "'self'"): string =>
  [
    `default-src 'none'`,
    `style-src 'unsafe-inline'`,
    `img-src http: https: data:`,
    `form-action 'none'`,
    `frame-ancestors ${ancestors}`,
    `base-uri 'none'`,
    `sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation`,
  ].join('; ')
