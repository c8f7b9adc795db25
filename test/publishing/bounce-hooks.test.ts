/** What providers post, over HTTP, from their signature to the person's suppression. */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import type { Provider } from '../../src/mail/index.ts'
import { takeHook } from '../../src/publishing/index.ts'
import { openWeb } from '../../src/web/index.ts'
import { selfSigned } from '../support/tls.ts'
import { webTools } from '../web/tools.ts'
import { counts, deliverDue, type House, openHouse, reader, running } from './house.ts'

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:bounces'
const CERTIFICATE = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem'
const KEY = 'mailgun-signing-key-0123456789'
const LOGIN = 'hooks:a-long-password'
const amazon = selfSigned(['sns.amazonaws.com'])
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sendgridKey = sendgrid.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const basic = `Basic ${Buffer.from(LOGIN).toString('base64')}`

const HOOKS = [
  `ses=${TOPIC}`,
  `mailgun=${KEY}`,
  `sendgrid=${sendgridKey}`,
  `postmark=${LOGIN}`,
  `sparkpost=${LOGIN}`,
].join(' ')

/** A mailing that everybody has, and the public listener; `asked` is what was fetched from Amazon. */
async function opened(env: Record<string, string> = { BOUNCE_HOOKS: HOOKS }, people = 4) {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await openHouse({ env, people }))
  const mailing = await running(house)
  await deliverDue(house)
  const asked: string[] = []
  const ask = async (url: string): Promise<string> => {
    asked.push(url)
    return amazon.cert
  }
  const hook = env.BOUNCE_HOOKS
    ? async (provider: string, post: Parameters<typeof takeHook>[2]) =>
        await takeHook(house.tools, provider as Provider, post, ask)
    : null
  const web = stack.use(await openWeb({ ...webTools(), hook }, { host: '127.0.0.1', port: 0 }))
  const owned = stack.move()
  return {
    house,
    mailing,
    asked,
    post: async ({ to, body, headers }: Post): Promise<number> =>
      (await fetch(`${web.url}/hooks/${to}`, { method: 'POST', body, headers: headers ?? {} })).status,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

interface Post {
  readonly to: string
  readonly body: string
  readonly headers?: Record<string, string>
}

const seconds = (house: House): string => String(Math.floor(house.clock.at / 1_000))
const idOf = (house: House, n: number): string => {
  const copy = house.sink.messages.findLast((message) => message.to[0] === reader(n))
  return /^Message-ID: (\S+)/im.exec(copy?.raw.toString() ?? '')?.[1] ?? ''
}
const outcome = async (house: House, mailing: number, n: number) => [
  (await counts(house, mailing)).bounced ?? 0,
  (await house.ledger.subscriber({ key: reader(n) }))?.suppressed?.reason ?? null,
]

function sns(house: House, message: unknown, over: Record<string, string> = {}, version = '2'): Post {
  const type = over.Type ?? 'Notification'
  const envelope: Record<string, string> = {
    Type: type,
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: TOPIC,
    Message: JSON.stringify(message),
    Timestamp: new Date(house.clock.at).toISOString(),
    SignatureVersion: version,
    SigningCertURL: CERTIFICATE,
    ...(type === 'Notification' ? {} : { Token: 't', SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Yes' }),
    ...over,
  }
  const names =
    type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  const signed = names.filter((name) => name in envelope).map((name) => `${name}\n${envelope[name]}\n`)
  const signature = createSign(version === '1' ? 'sha1' : 'sha256')
    .update(signed.join(''))
    .sign(amazon.key, 'base64')
  const body = JSON.stringify({ Signature: signature, ...envelope })
  return { to: 'ses', body, headers: { 'content-type': 'text/plain; charset=UTF-8' } }
}

const sesBounce = (house: House, n: number, over: Record<string, unknown> = {}) => ({
  notificationType: 'Bounce',
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      {
        emailAddress: reader(n),
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: `smtp; 550 5.1.1 <${reader(n)}>... User unknown`,
      },
    ],
    timestamp: new Date(house.clock.at).toISOString(),
    ...over,
  },
  mail: {
    source: 'gll@gll.test',
    messageId: '0000-ses',
    destination: [reader(n)],
    headers: [{ name: 'Message-ID', value: idOf(house, n) }],
  },
})

function mailgun(house: House, data: unknown, over: Record<string, string> = {}): Post {
  const timestamp = over.timestamp ?? seconds(house)
  const token = over.token ?? `token-${Math.random()}`
  const signature = createHmac('sha256', over.key ?? KEY)
    .update(timestamp + token)
    .digest('hex')
  const body = JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': data })
  return { to: 'mailgun', body, headers: { 'content-type': 'application/json' } }
}

const mailgunFailed = (house: House, n: number, over: Record<string, unknown> = {}) => ({
  event: 'failed',
  severity: 'permanent',
  reason: 'bounce',
  recipient: reader(n),
  envelope: { sender: 'bounce+x@mg.test', targets: reader(n) },
  message: { headers: { 'message-id': idOf(house, n).slice(1, -1), to: reader(n) } },
  'delivery-status': { code: 550, message: '5.1.1 No such user', description: '', 'attempt-no': 1 },
  ...over,
})

function signedBySendgrid(house: House, events: unknown, key = sendgrid.privateKey): Post {
  const [time, body] = [seconds(house), `${JSON.stringify(events)}\r\n`]
  const signature = createSign('SHA256')
    .update(time + body)
    .sign(key, 'base64')
  return {
    to: 'sendgrid',
    body,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': time,
    },
  }
}

const json = (to: string, value: unknown, authorization = basic): Post => ({
  to,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', authorization },
})

const sendgridBounce = (house: House, n: number) => ({
  email: reader(n),
  event: 'bounce',
  type: 'bounce',
  status: '5.1.1',
  reason: '550 5.1.1 The account does not exist',
  'smtp-id': idOf(house, n),
  timestamp: Number(seconds(house)),
})
const postmarkBounce = (n: number) => ({
  RecordType: 'Bounce',
  Type: 'HardBounce',
  TypeCode: 1,
  Email: reader(n),
  From: 'gll@gll.test',
  Details: 'smtp;550 5.1.1 The account does not exist',
  Description: 'The server was unable to deliver your message.',
})
const sparkpostEvent = (n: number, over: Record<string, unknown> = {}) => [
  {
    msys: {
      message_event: {
        type: 'bounce',
        bounce_class: '10',
        error_code: '550',
        raw_reason: '550 5.1.1 no such user',
        rcpt_to: reader(n),
        msg_from: 'gll@gll.test',
        ...over,
      },
    },
  },
]

const hard: [string, (house: House, n: number) => Post][] = [
  ['Amazon SES, signed by SHA-256', (house, n) => sns(house, sesBounce(house, n))],
  ['Amazon SES, signed by SHA-1', (house, n) => sns(house, sesBounce(house, n), {}, '1')],
  ['Mailgun', (house, n) => mailgun(house, mailgunFailed(house, n))],
  ['SendGrid', (house, n) => signedBySendgrid(house, [sendgridBounce(house, n)])],
  ['Postmark', (_house, n) => json('postmark', postmarkBounce(n))],
  ['SparkPost', (_house, n) => json('sparkpost', sparkpostEvent(n))],
]

test('a hard bounce that each of them tells of is kept and suppressed, and twice is once', async () => {
  await using at = await opened({ BOUNCE_HOOKS: HOOKS }, hard.length)
  for (const [index, [name, make]] of hard.entries()) {
    const n = index + 1
    expect([name, await at.post(make(at.house, n))]).toEqual([name, 200])
    expect([name, ...(await outcome(at.house, at.mailing, n))]).toEqual([name, n, 'no-such-mailbox 5.1.1'])
    expect([name, await at.post(make(at.house, n))]).toEqual([name, 200])
    expect((await counts(at.house, at.mailing)).bounced).toBe(n)
  }
})

test('complaints suppress, whoever tells of them', async () => {
  await using at = await opened()
  const { house } = at
  const complaint = { notificationType: 'Complaint', mail: sesBounce(house, 1).mail }
  const posts = [
    sns(house, { ...complaint, complaint: { complainedRecipients: [{ emailAddress: reader(1) }] } }),
    mailgun(house, mailgunFailed(house, 2, { event: 'complained' })),
    signedBySendgrid(house, [{ ...sendgridBounce(house, 3), event: 'spamreport' }]),
    json('postmark', { RecordType: 'SpamComplaint', Type: 'SpamComplaint', Email: reader(4) }),
  ]
  for (const post of posts) expect(await at.post(post)).toBe(200)
  for (const n of [1, 2, 3, 4]) expect(await outcome(house, at.mailing, n)).toEqual([0, 'complaint'])
})

test('what is passing, an answer by program, news of another mail or a challenge suppresses nobody', async () => {
  await using at = await opened()
  const { house } = at
  const full = { bounceType: 'Transient', bounceSubType: 'MailboxFull' }
  const away = { bounceType: 'Transient', bounceSubType: 'General', bouncedRecipients: [{ emailAddress: reader(2) }] }
  const elsewhere = { message: { headers: { 'message-id': 'another@else.test' } } }
  const posts = [
    sns(house, sesBounce(house, 1, full)),
    sns(house, sesBounce(house, 2, away)),
    mailgun(house, mailgunFailed(house, 2, { severity: 'temporary' })),
    mailgun(house, mailgunFailed(house, 2, elsewhere)),
    signedBySendgrid(house, [
      { ...sendgridBounce(house, 2), event: 'deferred' },
      { ...sendgridBounce(house, 3), type: 'blocked', status: '5.7.1', reason: '550 5.7.1 blocked as spam' },
    ]),
    json('postmark', { ...postmarkBounce(2), Type: 'AutoResponder' }),
    json('sparkpost', [{ msys: {} }, ...sparkpostEvent(2, { bounce_class: '100' })]),
  ]
  for (const post of posts) expect(await at.post(post)).toBe(200)
  for (const n of [1, 2, 3, 4]) expect((await outcome(house, at.mailing, n))[1]).toBeNull()
  expect(await counts(house, at.mailing)).toEqual({ accepted: 2, bounced: 2 })
})

test('a post that is not signed by whom we know, is changed on the way, or is old, changes nothing', async () => {
  await using at = await opened()
  const { house } = at
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const signed = signedBySendgrid(house, [sendgridBounce(house, 2)])
  const notification = sns(house, sesBounce(house, 2))
  const day = { Timestamp: new Date(house.clock.at - 2 * 86_400_000).toISOString() }
  const posts: Post[] = [
    { to: 'ses', body: '{}' },
    { ...notification, body: notification.body.replace('5.1.1', '5.1.2') },
    sns(house, sesBounce(house, 2), { TopicArn: `${TOPIC}x` }),
    sns(house, sesBounce(house, 2), { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.test/a.pem' }),
    sns(house, sesBounce(house, 2), { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/a.pem' }),
    sns(house, sesBounce(house, 2), { SigningCertURL: 'https://evil@sns.eu-west-1.amazonaws.com:8443/a.pem' }),
    sns(house, sesBounce(house, 2), { Signature: 'AAAA' }),
    sns(house, sesBounce(house, 2), day),
    mailgun(house, mailgunFailed(house, 2), { key: 'another-signing-key-012345' }),
    mailgun(house, mailgunFailed(house, 2), { timestamp: String(Number(seconds(house)) - 200_000) }),
    signedBySendgrid(house, [sendgridBounce(house, 2)], other),
    { ...signed, body: signed.body.replace('reader2', 'reader3') },
    { ...signed, headers: {} },
    json('postmark', postmarkBounce(2), `Basic ${Buffer.from('hooks:wrong-password').toString('base64')}`),
    { ...json('postmark', postmarkBounce(2)), headers: { authorization: `Bearer ${LOGIN}` } },
    json('sparkpost', sparkpostEvent(2), ''),
  ]
  const codes = []
  for (const post of posts) codes.push(await at.post(post))
  expect(codes).toEqual(posts.map(() => 403))
  expect(await counts(house, at.mailing)).toEqual({ accepted: 4 })
  // Only Amazon was ever asked for a certificate.
  expect(at.asked.filter((url) => url !== CERTIFICATE)).toEqual([])
})

test('a Mailgun token is taken once: its signature does not cover the event', async () => {
  await using at = await opened()
  const { house } = at
  const once = { token: 'seen-once' }
  expect(await at.post(mailgun(house, mailgunFailed(house, 2), once))).toBe(200)
  expect(await at.post(mailgun(house, mailgunFailed(house, 3), once))).toBe(403)
  expect(await counts(house, at.mailing)).toEqual({ accepted: 3, bounced: 1 })
})

test('SNS is told yes for our topic alone, and nowhere but at Amazon', async () => {
  await using at = await opened()
  const { house } = at
  expect(await at.post(sns(house, 'm', { Type: 'SubscriptionConfirmation' }))).toBe(200)
  expect(at.asked.at(-1)).toBe('https://sns.eu-west-1.amazonaws.com/?Action=Yes')
  const asked = at.asked.length
  const evil = { Type: 'SubscriptionConfirmation', SubscribeURL: 'https://evil.test/' }
  expect(await at.post(sns(house, 'm', evil))).toBe(403)
  expect(await at.post(sns(house, 'm', { ...evil, TopicArn: `${TOPIC}2` }))).toBe(403)
  expect(at.asked.slice(asked).filter((url) => url !== CERTIFICATE)).toEqual([])
})

test('what is too big, no JSON, from an unknown provider or not asked for is turned away', async () => {
  await using at = await opened()
  const { house } = at
  expect(await at.post(json('postmark', { pad: 'x'.repeat(6_000_000) }))).toBe(413)
  expect(await at.post({ ...json('postmark', {}), body: '{"Type":' })).toBe(400)
  expect(await at.post(signedBySendgrid(house, { not: 'a list' }))).toBe(400)
  for (const odd of [null, 7, 'x', [], [null], { Type: { $gt: '' } }, { RecordType: 'Bounce', Type: '__proto__' }]) {
    expect(await at.post(json('postmark', odd))).toBe(200)
  }
  expect(await at.post(json('nobody', {}))).toBe(404)
  await using closed = await opened({})
  expect(await closed.post(json('postmark', postmarkBounce(2)))).toBe(404)
  expect(await counts(closed.house, closed.mailing)).toEqual({ accepted: 4 })
})
