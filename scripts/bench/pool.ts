/**
 * The peer that most senders are: a nodemailer pool and a loop. `compose`: each mail from a Handlebars template;
 * `ready`: the same bytes for everybody. A process of its own, so that its CPU and memory are its own.
 *
 *   node scripts/bench/pool.ts PORT compose|ready COUNT LANES FILE
 *
 * FILE: {"html", "text"} templates, or the message itself for `ready`. Prints one JSON line.
 */
import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { createTransport } from 'nodemailer'

const [, , port = '0', mode = 'compose', count = '1', lanes = '1', file = ''] = process.argv
const content = readFileSync(file)

const transport = createTransport({
  pool: true,
  host: '127.0.0.1',
  port: Number(port),
  ignoreTLS: true,
  maxConnections: Number(lanes),
  maxMessages: Number.POSITIVE_INFINITY,
})

function composing(): (n: number) => object {
  const { html, text } = JSON.parse(content.toString()) as { html: string; text: string }
  const [renderHtml, renderText] = [Handlebars.compile(html), Handlebars.compile(text, { noEscape: true })]
  return (n) => {
    const fields = { name: `Reader ${n}`, unsubscribe: `https://gll.test/u/${n}`, webcopy: `https://gll.test/c/${n}` }
    return {
      from: 'The GLL Team <gll@gll.test>',
      to: `reader${n}@members.test`,
      subject: 'Two new reports',
      html: renderHtml(fields),
      text: renderText(fields),
    }
  }
}

const ready = (n: number): object => ({
  envelope: { from: 'gll@gll.test', to: [`reader${n}@members.test`] },
  raw: content,
})

const mail = mode === 'compose' ? composing() : ready
const began = performance.now()
let next = 0
// The pool's own queue has no bound: as many loops as twice its connections keep it fed and small.
const loop = async (): Promise<void> => {
  while (next < Number(count)) {
    next += 1
    await transport.sendMail(mail(next))
  }
}
await Promise.all(Array.from({ length: Number(lanes) * 2 }, loop))
const seconds = (performance.now() - began) / 1_000
transport.close()
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1_024 }))
