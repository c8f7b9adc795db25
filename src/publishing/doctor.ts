/**
 * `gll doctor`: what an operator can know before the first mailing. The mail room examines names and the relay; here
 * stand what else a reader of our mail meets, and what keeps a mailing from leaving.
 */
import { connect } from 'node:tls'
import { Complaint } from '../complaint.ts'
import type { Config } from '../config.ts'
import {
  type Diagnosis,
  examineRoute,
  examiner,
  examineSender,
  isLoopback,
  openLane,
  type SigningKey,
} from '../mail/index.ts'
import { domainOf, routesOf, signingKeys } from './open.ts'
import { ownPages, type Tools } from './tools.ts'

/** A certificate that ends sooner may end before the mailing is read. Days. */
const CERTIFICATE_DAYS = 21
/** Our clock dates mails and tokens; receivers doubt a Date that is off by more. Milliseconds. */
const CLOCK_OFF = 60_000
const PATIENCE = 10_000
const DAY = 86_400_000

type DoctorTools = Pick<Tools, 'config' | 'tokens' | 'now'>

/** Everything, in the order in which it is read. `listings`: ask block lists too, which tells them of us. */
export async function examine(tools: DoctorTools, { listings }: { listings: boolean }): Promise<Diagnosis[]> {
  const { config } = tools
  const route = routesOf(config)[0] ?? null
  const names = await examineSender(senderOf(config), { resolver: config.resolver, route, listings })
  const relay =
    route === null
      ? [examiner('relay', 'SMTP_URL').note('is unset: the local inbox catches every mail')]
      : await examineRoute(route, config.from.address, () => openLane(route))
  return [...names, ...relay, ...(await examinePages(tools)), ...(await examineClock(tools)), examineListId(config)]
}

/**
 * Refuses a mailing over a relay beyond this machine while its readers could not unsubscribe or receivers would refuse
 * the From domain. A name server that does not answer refuses too: a send can wait, a reputation cannot.
 */
export async function fitToSend(config: Config): Promise<void> {
  const route = routesOf(config)[0]
  if (!route || isLoopback(route.host)) return
  const page = publicFault(config)
  const names = await examineSender(senderOf(config), { resolver: config.resolver, route: null, listings: false })
  const grave = names.filter(({ topic, state }) => needed(topic) && (state === 'fault' || state === 'unknown'))
  const faults = [...(page ? [page] : []), ...grave]
  if (faults.length === 0) return
  throw new Complaint(
    `not fit to send over ${route.host}\n  ${faults.map(({ topic, about, says }) => `${topic} ${about}: ${says}`).join('\n  ')}`,
    { remedy: 'gll doctor says what to do about each', exit: 3 },
  )
}

const needed = (topic: Diagnosis['topic']): boolean => topic === 'dmarc' || topic === 'spf' || topic === 'mail domains'

function senderOf(config: Config) {
  const from = domainOf(config)
  const envelope = config.bounceDomain ?? from
  const reply = config.replyTo?.split('@')[1]
  const keys: SigningKey[] = signingKeys(config)
  return { from, envelope, keys, mailDomains: [...new Set([from, ...(reply ? [reply] : []), envelope])] }
}

function publicFault(config: Config): Diagnosis | null {
  const { fault } = examiner('unsubscribe page', config.publicUrl)
  const { protocol, hostname } = new URL(config.publicUrl)
  const remedy = 'set PUBLIC_URL to the https address at which the world reaches WEB_LISTEN'
  if (isLoopback(hostname.replace(/^\[|\]$/g, ''))) return fault('is reached by nobody but this machine', remedy)
  // RFC 8058 §3.1: List-Unsubscribe-Post needs an HTTPS URI.
  return protocol === 'https:' ? null : fault('is not https, so no mail program offers one click', remedy)
}

/** The page that everybody must reach: by GET, which changes nothing, and by POST of a token that acts on nobody. */
async function examinePages(tools: DoctorTools): Promise<Diagnosis[]> {
  const { config } = tools
  const { good, fault } = examiner('unsubscribe page', config.publicUrl)
  const fromAfar = publicFault(config)
  const { unsubscribe } = ownPages(tools, { list: null, subscriber: null, mailing: 0, n: 0, test: true })
  const remedy = 'run gll serve, and have the web server before it pass /u/ on as it is'
  const answers = await Promise.all([visit(unsubscribe, 'GET'), visit(unsubscribe, 'POST')])
  const faults = answers.flatMap((answer) => (answer === null ? [] : [fault(answer, remedy)]))
  const certificate = config.publicUrl.startsWith('https:')
    ? [await examineCertificate(config.publicUrl, tools.now())]
    : []
  if (faults.length > 0 || fromAfar) return [...(fromAfar ? [fromAfar] : []), ...faults.slice(0, 1), ...certificate]
  return [good('answers GET and POST, without a redirect'), ...certificate]
}

/** Null: as it should be. */
async function visit(url: string, method: 'GET' | 'POST'): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
      ...(method === 'POST' ? { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) } : {}),
    })
    await answer.body?.cancel()
    if (answer.status >= 300 && answer.status < 400) return `redirects a ${method}, which mail programs do not follow`
    return answer.ok ? null : `answers a ${method} with ${answer.status}`
  } catch (error) {
    const { cause, message } = error as Error
    return `does not answer a ${method}: ${(cause as Error | undefined)?.message ?? message}`
  }
}

async function examineCertificate(url: string, now: number): Promise<Diagnosis> {
  const { hostname, port } = new URL(url)
  const { good, unknown, warning } = examiner('unsubscribe page', hostname)
  const socket = connect({ host: hostname, port: Number(port) || 443, servername: hostname, timeout: PATIENCE })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('timeout', () => reject(new Error('no answer')))
    })
    const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - now) / DAY)
    if (days > CERTIFICATE_DAYS) return good(`has a certificate for ${days} days`)
    return warning(`has a certificate for ${days} days only`, 'renew it; a mail is read for weeks')
  } catch (error) {
    return unknown(`the certificate could not be read: ${(error as Error).message}`, 'mend TLS there')
  } finally {
    socket.destroy()
  }
}

/** Against the Date of the reference hosts (RFC 9110 §6.6.1), which are there to be asked. */
async function examineClock({ config, now }: DoctorTools): Promise<Diagnosis[]> {
  const { good, unknown, fault } = examiner('clock', 'this machine')
  for (const url of config.lookReference) {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) }).catch(() => null)
    const date = Date.parse(answer?.headers.get('date') ?? '')
    if (Number.isNaN(date)) continue
    const off = now() - date
    if (Math.abs(off) <= CLOCK_OFF) return [good(`agrees with ${new URL(url).host}`)]
    const remedy = 'set it, and keep it with NTP: receivers doubt mails from the future'
    return [
      fault(
        `is ${Math.round(Math.abs(off) / 1_000)} s ${off > 0 ? 'ahead of' : 'behind'} ${new URL(url).host}`,
        remedy,
      ),
    ]
  }
  return [unknown('none of LOOK_REFERENCE told the time', 'see that this machine reaches the web')]
}

/** RFC 2919 §3: the domain of a List-Id belongs to who runs the list. Ours is always below the domain of From. */
function examineListId(config: Config): Diagnosis {
  const { good, warning } = examiner('list id', domainOf(config))
  if (/\.(?:invalid|test|example|localhost)$/.test(domainOf(config))) {
    return warning('is a name that nobody owns (RFC 2606)', 'set FROM to an address of yours')
  }
  return good('list names stand below it')
}
