import { classify, parseReply, type ReplyClass, retryAfter, type Stage } from '../../src/mail/index.ts'

describe('a reply is read', () => {
  test.each([
    ['250 2.0.0 accepted', 250, '2.0.0', 'accepted'],
    ['250 accepted', 250, null, 'accepted'],
    ['250', 250, null, ''],
    ['550-5.1.1 no such\r\n550 5.1.1 mailbox', 550, '5.1.1', 'no such mailbox'],
    ['550-5.1.1 no such\n550-5.1.1\n550 5.1.1 mailbox', 550, '5.1.1', 'no such mailbox'],
    ['451-one\n451 4.7.1 two', 451, '4.7.1', 'one two'],
    ['550 5.1 is no code', 550, null, '5.1 is no code'],
    ['550 5.1.1.1 is no code', 550, null, '5.1.1.1 is no code'],
    ['550\t5.1.1 tab', 0, null, '550 5.1.1 tab'],
    ['421 4.7.0 \u0007bell\u0000', 421, '4.7.0', 'bell'],
    ['550 5.7.515 access denied', 550, '5.7.515', 'access denied'],
    ['hello', 0, null, 'hello'],
    ['25', 0, null, '25'],
    ['2500 x', 0, null, '2500 x'],
    ['', 0, null, ''],
  ])('%j', (lines, code, enhanced, text) => {
    expect(parseReply(lines)).toEqual({ code, enhanced, text })
  })

  test('of a very long reply a thousand characters are kept', () => {
    expect(parseReply(`550 ${'x'.repeat(100_000)}`).text).toHaveLength(1_000)
  })
})

/** Reply, stage, class: every row of the table of replies, with the enhanced code and without. */
const table: [string, Stage, ReplyClass][] = [
  ['250 2.0.0 queued as 1234', 'dot', 'accepted'],
  ['250 OK', 'dot', 'accepted'],
  ['251 2.1.5 will forward', 'rcpt', 'accepted'],
  ['421 4.3.2 shutting down', 'connect', 'session-end'],
  ['421 too many connections', 'connect', 'session-end'],
  ['421 4.7.0 try again later', 'mail', 'session-end'],
  ['421 4.7.0 grey listed', 'dot', 'session-end'],
  ['450 4.2.0 try later', 'rcpt', 'greylisted'],
  ['451 4.7.1 please wait', 'rcpt', 'greylisted'],
  ['450 4.7.1 client host rejected', 'rcpt', 'greylisted'],
  ['451 greylisted, come back in 5 minutes', 'rcpt', 'greylisted'],
  ['450 Graylisting in effect', 'rcpt', 'greylisted'],
  ['451 4.3.0 Grey-listed', 'rcpt', 'greylisted'],
  ['451 4.7.0 temporary', 'dot', 'throttled'],
  ['451 4.7.500 busy', 'mail', 'throttled'],
  ['451 4.7.28 unusual rate', 'dot', 'throttled'],
  ['451 4.7.1 too many messages', 'rcpt', 'throttled'],
  ['451 RP-001 rate limited', 'mail', 'throttled'],
  ['450 sending too fast', 'rcpt', 'throttled'],
  ['452 4.2.2 mailbox full', 'rcpt', 'soft'],
  ['452 mailbox full', 'rcpt', 'soft'],
  ['452 4.3.1 system storage', 'mail', 'soft'],
  ['452 4.5.3 recipients', 'rcpt', 'soft'],
  ['451 4.3.0 local error', 'dot', 'soft'],
  ['451 local error', 'dot', 'soft'],
  ['450 4.1.2 no MX yet', 'rcpt', 'soft'],
  ['450 4.1.1 unverified address', 'rcpt', 'soft'],
  ['454 4.7.0 TLS not available', 'ehlo', 'soft'],
  ['454 TLS not available', 'ehlo', 'soft'],
  ['454 4.7.0 temporary failure', 'auth', 'soft'],
  ['500 5.5.2 syntax', 'mail', 'protocol'],
  ['501 5.5.4 bad parameter', 'mail', 'protocol'],
  ['502 not implemented', 'ehlo', 'protocol'],
  ['503 bad sequence', 'rcpt', 'protocol'],
  ['503 5.5.1 nested MAIL', 'mail', 'protocol'],
  ['504 parameter', 'rcpt', 'protocol'],
  ['555 parameter not recognised', 'mail', 'protocol'],
  ['530 5.7.0 must issue STARTTLS', 'mail', 'auth'],
  ['530 authentication required', 'mail', 'auth'],
  ['530 5.7.57 not authenticated', 'mail', 'auth'],
  ['535 5.7.8 bad credentials', 'auth', 'auth'],
  ['535 no', 'auth', 'auth'],
  ['534 5.7.9 mechanism too weak', 'auth', 'auth'],
  ['550 5.7.1 no', 'auth', 'auth'],
  ['550 5.1.1 unknown', 'rcpt', 'hard'],
  ['550 5.1.1 unknown', 'dot', 'hard'],
  ['550 5.1.2 no such domain', 'rcpt', 'hard'],
  ['550 5.1.10 null MX', 'rcpt', 'hard'],
  ['556 5.1.10 does not accept mail', 'rcpt', 'hard'],
  ['556 does not accept mail', 'rcpt', 'hard'],
  ['550 5.1.6 moved', 'rcpt', 'hard'],
  ['550 5.2.1 disabled', 'rcpt', 'hard'],
  ['550 5.1.1 spam policy says no', 'rcpt', 'hard'],
  ['550 5.1.1 about the sender', 'mail', 'policy'],
  ['550 5.1.7 bad sender', 'rcpt', 'policy'],
  ['553 5.1.8 sender domain', 'rcpt', 'policy'],
  ['550 no such user', 'rcpt', 'hard-by-text'],
  ['550 mailbox unavailable', 'rcpt', 'hard-by-text'],
  ['550 5.5.0 mailbox unavailable', 'rcpt', 'hard-by-text'],
  ['550 5.0.0 nobody here', 'rcpt', 'hard-by-text'],
  ['551 user not local', 'rcpt', 'hard-by-text'],
  ["554 delivery error: this user doesn't have an account", 'dot', 'hard-by-text'],
  ['550 user unknown', 'dot', 'hard-by-text'],
  ['550 message content', 'dot', 'policy'],
  ['550 rejected as spam', 'rcpt', 'policy'],
  ['550 relaying denied', 'rcpt', 'policy'],
  ['550 no thanks', 'mail', 'policy'],
  ['552 5.2.2 over quota', 'rcpt', 'soft'],
  ['552 quota', 'rcpt', 'soft'],
  ['552 quota', 'dot', 'soft'],
  ['552 5.3.4 too big', 'mail', 'too-big'],
  ['552 5.3.4 too big', 'dot', 'too-big'],
  ['552 size', 'mail', 'too-big'],
  ['552 message size exceeds fixed maximum', 'dot', 'too-big'],
  ['523 too big', 'rcpt', 'too-big'],
  ['523 5.3.4 too big', 'rcpt', 'too-big'],
  ['550 5.2.3 too long for this mailbox', 'rcpt', 'soft'],
  ['550 5.3.0 system', 'rcpt', 'soft'],
  ['550 5.4.4 no route', 'rcpt', 'soft'],
  ['550 5.7.1 policy', 'rcpt', 'policy'],
  ['554 5.7.1 relay access denied', 'rcpt', 'policy'],
  ['550 5.7.26 unauthenticated', 'dot', 'policy'],
  ['550 5.7.515 access denied', 'dot', 'policy'],
  ['550 5.7.25 no PTR', 'connect', 'policy'],
  ['550 5.7.28 unusual rate', 'dot', 'policy'],
  ['550 5.7.1 no such user here', 'rcpt', 'policy'],
  ['554 5.6.0 content', 'dot', 'policy'],
  ['554 no', 'connect', 'policy'],
  ['554 blocked', 'dot', 'policy'],
  ['553 5.1.3 syntax', 'rcpt', 'unsupported'],
  ['553 syntax', 'rcpt', 'unsupported'],
  ['553 sorry, not in my list of allowed rcpthosts', 'rcpt', 'policy'],
  ['550 5.6.7 EAI', 'rcpt', 'unsupported'],
  ['553 5.6.7 EAI', 'mail', 'unsupported'],
  ['450 4.9.9 new', 'rcpt', 'soft'],
  ['499 new', 'dot', 'soft'],
  ['599 new', 'rcpt', 'policy'],
  ['550 4.2.1 contradicts itself', 'rcpt', 'soft'],
  ['550 4.1.1 contradicts itself', 'rcpt', 'soft'],
]

describe('a reply is classed', () => {
  test.each(table)('"%s" at %s is %s', (lines, stage, replyClass) => {
    expect(classify(parseReply(lines), stage)).toBe(replyClass)
  })

  test('nothing but a 5yz about a recipient ever suppresses one', () => {
    const suppressing: ReplyClass[] = ['hard', 'hard-by-text']
    for (const stage of ['connect', 'ehlo', 'auth', 'mail'] as const) {
      for (let code = 400; code < 600; code += 1) {
        for (const detail of ['', '1.1 ', '2.1 ', '5.0 ', '7.1 ']) {
          const enhanced = detail && `${Math.floor(code / 100)}.${detail}`
          if (enhanced.endsWith('.2.1 ')) continue
          const seen = classify(parseReply(`${code} ${enhanced}no such user`), stage)
          expect([code, stage, detail, suppressing.includes(seen)]).toEqual([code, stage, detail, false])
        }
      }
    }
    for (let code = 400; code < 500; code += 1) {
      expect(suppressing).not.toContain(classify(parseReply(`${code} 4.1.1 no such user`), 'rcpt'))
      expect(suppressing).not.toContain(classify(parseReply(`${code} no such user`), 'rcpt'))
    }
  })
})

describe('the wait before the next try', () => {
  const minutes = (tries: number, replyClass: ReplyClass = 'soft', random = 0.5) =>
    retryAfter(tries, replyClass, random) / 60_000

  test('is 1, 5, 15, 30, 60 minutes, then two hours', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((tries) => minutes(tries))).toEqual([1, 5, 15, 30, 60, 120, 120, 120])
  })

  test('strays by a fifth to either side', () => {
    expect([minutes(6, 'soft', 0), minutes(6, 'soft', 1)]).toEqual([96, 144])
  })

  test('is never under five minutes the first time a greylist refused', () => {
    expect([0, 0.5, 1].map((random) => minutes(1, 'greylisted', random))).toEqual([5, 5.5, 6])
    expect(minutes(3, 'greylisted')).toBe(15)
  })

  test('is the first step when nothing was tried yet', () => {
    expect(minutes(0)).toBe(1)
  })
})
