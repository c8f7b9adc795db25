/** What doctor says of our own pages and clock, and when a mailing may leave this machine. */
import { readConfig } from '../../src/config.ts'
import { examine, fitToSend, secretKey, tokensOf } from '../../src/publishing/index.ts'
import { ownPages } from '../../src/publishing/tools.ts'
import { openNameServer, type Zone } from '../support/dns.ts'
import { openSite } from '../support/http.ts'
import { openSink } from '../support/smtp.ts'

const SOUND: Record<string, Zone> = {
  'lists.test': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'], mx: ['mx.lists.test'] },
  'mx.lists.test': { a: ['192.0.2.10'] },
  '_dmarc.lists.test': { txt: ['v=DMARC1; p=reject; rua=mailto:reports@lists.test'] },
}
const RELAY = 'smtps://user:secret@relay.lists.test'

function configOf(env: Record<string, string>) {
  return readConfig({ SECRET_KEY: 'k'.repeat(32), FROM: 'GLL <gll@lists.test>', ...env })
}

/** The pages and the clock of this machine as doctor sees them. */
async function pages(behaviour: Parameters<Awaited<ReturnType<typeof openSite>>['set']>[1], ahead = 0) {
  await using site = await openSite({ '/': {} })
  await using names = await openNameServer(SOUND)
  const config = configOf({ PUBLIC_URL: site.url(''), LOOK_REFERENCE: site.url('/'), RESOLVER: names.address })
  const tools = { config, tokens: tokensOf(config, secretKey(config)), now: () => Date.now() + ahead }
  const { unsubscribe } = ownPages(tools, { list: null, subscriber: null, mailing: 0, n: 0, test: true })
  site.set(new URL(unsubscribe).pathname, behaviour)
  const found = await examine(tools, { listings: false })
  const asked = site.requests.filter(({ path }) => path.startsWith('/u/')).map(({ method }) => method)
  return {
    asked,
    of: (topic: string) => found.filter((one) => one.topic === topic).map(({ state, says }) => `${state}: ${says}`),
  }
}

test('the unsubscribe page is asked by GET and by POST, with a token that acts on nobody', async () => {
  const { asked, of } = await pages({})
  expect(asked.sort()).toEqual(['GET', 'POST'])
  expect(of('unsubscribe page')).toEqual(['fault: is reached by nobody but this machine'])
})

test.each([
  [{ to: '/elsewhere' }, 'redirects a GET'],
  [{ status: 500 }, 'answers a GET with 500'],
  [{ end: 'close' as const }, 'does not answer a GET'],
])('an unsubscribe page that %j is a fault', async (behaviour, words) => {
  expect((await pages(behaviour)).of('unsubscribe page')).toContainEqual(expect.stringMatching(`fault: ${words}`))
})

test('a clock that is off is a fault, and one that agrees is not', async () => {
  expect((await pages({})).of('clock')).toEqual([expect.stringMatching(/^good: agrees with 127/)])
  expect((await pages({}, 600_000)).of('clock')).toEqual([expect.stringMatching(/^fault: is (599|600|601) s ahead/)])
})

test('a name that nobody owns is no name for a list', async () => {
  await using names = await openNameServer({})
  const config = configOf({ FROM: 'gll@gll.invalid', RESOLVER: names.address, LOOK_REFERENCE: 'http://127.0.0.1:9/' })
  const tools = { config, tokens: tokensOf(config, secretKey(config)), now: Date.now }
  const found = await examine(tools, { listings: false })
  expect(found).toContainEqual(expect.objectContaining({ topic: 'list id', state: 'warning' }))
  expect(found).toContainEqual(expect.objectContaining({ topic: 'clock', state: 'unknown' }))
})

test('a mailing may leave this machine when readers can unsubscribe and receivers can trust the sender', async () => {
  await using names = await openNameServer(SOUND)
  const config = configOf({ SMTP_URL: RELAY, PUBLIC_URL: 'https://lists.test', RESOLVER: names.address })
  await expect(fitToSend(config)).resolves.toBeUndefined()
})

test.each<[string, Record<string, string>, Record<string, Zone>, RegExp]>([
  ['the unsubscribe page is on this machine', { PUBLIC_URL: 'http://127.0.0.1:8080' }, {}, /nobody but this machine/],
  ['the unsubscribe page is not https', { PUBLIC_URL: 'http://lists.test' }, {}, /not https/],
  ['there is no DMARC policy', {}, { '_dmarc.lists.test': {} }, /dmarc lists\.test: no policy/],
  ['there is no SPF record', {}, { 'lists.test': { mx: ['mx.lists.test'] } }, /spf lists\.test: no SPF/],
  ['the From domain takes no mail', {}, { 'mx.lists.test': {} }, /takes no mail/],
  ['nobody answers for the From domain', {}, { '_dmarc.lists.test': { fails: 'servfail' } }, /dmarc lists\.test: /],
])('no mailing leaves this machine while %s', async (_, env, zones, words) => {
  await using names = await openNameServer({ ...SOUND, ...zones })
  const config = configOf({ SMTP_URL: RELAY, PUBLIC_URL: 'https://lists.test', RESOLVER: names.address, ...env })
  const refusal = await fitToSend(config).catch((error) => error)
  expect(refusal).toMatchObject({ exit: 3, message: expect.stringMatching(words) })
  expect(refusal.message).not.toContain('secret')
})

test('over a relay on this machine, or into the local inbox, nothing is asked', async () => {
  await using sink = await openSink()
  await using names = await openNameServer({})
  await fitToSend(configOf({ SMTP_URL: sink.url, RESOLVER: names.address }))
  await fitToSend(configOf({ RESOLVER: names.address }))
  expect(names.questions).toEqual([])
})
