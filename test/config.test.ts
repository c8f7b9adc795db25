import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, configKeys, duration, readConfig } from '../src/config.ts'

const example = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8')

/** The complaint of a configuration that should have one. */
function faultsOf(env: Record<string, string>): { message: string; exit: number; remedy: string } {
  try {
    readConfig(env)
  } catch (error) {
    return error as ReturnType<typeof faultsOf>
  }
  throw new Error('no fault was found')
}

describe('the configuration', () => {
  test('has exactly the keys of .env.example, in its order, each with a line that says what it is', () => {
    const lines = example.split('\n')
    const keys = lines.flatMap((line) => /^([A-Z_]+)=$/.exec(line)?.[1] ?? [])
    expect(keys).toEqual(configKeys())
    for (const key of keys) expect(lines[lines.indexOf(`${key}=`) - 1]).toMatch(/^# \S.{10,}$/)
    expect(lines.filter((line) => line && !line.startsWith('#') && !/^[A-Z_]+=$/.test(line))).toEqual([])
  })

  test('is the same with .env.example as with nothing: what is empty is unset', () => {
    expect(readConfig(parseEnv(example))).toEqual(readConfig({}))
    expect(readConfig({ RATE: ' ', SMTP_URL: '', REPLY_TO: '\t' })).toEqual(readConfig({}))
  })

  test('with five faults names all five, each with its key, and is a misconfiguration', () => {
    const complaint = faultsOf({
      SMTP_URL: 'relay.example.org',
      FROM: 'nobody',
      DEAD_AFTER: '4 in 2h',
      CORRIGENDUM: 'perhaps',
      SECRET_KEY: 'short',
      RATE: '20',
    })
    expect(complaint.message).toMatch(/has 5 fault/)
    for (const key of ['SMTP_URL', 'FROM', 'DEAD_AFTER', 'CORRIGENDUM', 'SECRET_KEY']) {
      expect(complaint.message.match(new RegExp(`^ +${key}: .+$`, 'gm'))).toHaveLength(1)
    }
    expect(complaint.message).not.toContain('RATE')
    expect(complaint.exit).toBe(3)
    expect(complaint.remedy).toContain('.env.example')
  })

  test('cannot be changed once it is read', () => {
    const config: { rate: number | null } = readConfig({ RATE: '5' })
    expect(Object.isFrozen(config)).toBe(true)
    expect(() => {
      config.rate = 6
    }).toThrow(TypeError)
  })

  test('reads nothing but what it is given', () => {
    process.env.RATE = '7'
    expect(readConfig({}).rate).toBeNull()
    delete process.env.RATE
  })
})

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['1.5m', 90_000],
    ['3h', 10_800_000],
    [' 14d ', 1_209_600_000],
    ['2w', 1_209_600_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds)
  })

  test.each(['', '5', 's', '-5s', '5 s', '5sec', '1h30m', 'Infinityd', '٣h'])('"%s" is none', (text) => {
    expect(() => duration(text)).toThrow('is not a duration such as 5s, 3h or 14d')
  })
})

describe('forms', () => {
  const forms: [keyof Config, string, string, unknown][] = [
    ['deadAfter', 'DEAD_AFTER', '2/3s', { looks: 2, over: 3_000 }],
    [
      'watchSchedule',
      'WATCH_SCHEDULE',
      '5m, 1d/14d',
      [
        { every: 300_000, until: null },
        { every: 86_400_000, until: 1_209_600_000 },
      ],
    ],
    ['from', 'FROM', 'GLL Team <gll@example.org>', { name: 'GLL Team', address: 'gll@example.org' }],
    ['from', 'FROM', 'gll@example.org', { name: '', address: 'gll@example.org' }],
    ['webListen', 'WEB_LISTEN', '0', { host: '127.0.0.1', port: 0 }],
    ['webListen', 'WEB_LISTEN', '[::1]:8080', { host: '::1', port: 8080 }],
    ['smtpUrls', 'SMTP_URL', 'smtps://a.example, smtps://b.example/', ['smtps://a.example', 'smtps://b.example']],
    ['rate', 'RATE', '20', 20],
    ['rate', 'RATE', '30/1m', 0.5],
    ['dailyQuota', 'DAILY_QUOTA', '10000', 10_000],
    [
      'domainRates',
      'DOMAIN_RATES',
      'gmail.com=5/1s, Outlook.com+hotmail.com=30/1m',
      [
        { domains: ['gmail.com'], rate: 5 },
        { domains: ['outlook.com', 'hotmail.com'], rate: 0.5 },
      ],
    ],
    ['undoWindow', 'UNDO_WINDOW', '90s', 90_000],
    ['webProxies', 'WEB_PROXIES', '::1 10.0.0.0/8', ['::1', '10.0.0.0/8']],
    ['quietHours', 'QUIET_HOURS', '22:00-07:30 Europe/Paris', { from: 1_320, to: 450, zone: 'Europe/Paris' }],
    [
      'dkimKeys',
      'DKIM_KEY',
      'S1._domainkey.Example.org=/k.pem',
      [{ selector: 's1', domain: 'example.org', file: '/k.pem' }],
    ],
    ['lookAllow', 'LOOK_ALLOW', '127.0.0.0/8,10.0.0.0/8', ['127.0.0.0/8', '10.0.0.0/8']],
  ]
  test.each(forms)('%s reads %s=%s', (name, key, text, read) => {
    expect(readConfig({ [key]: text })[name]).toEqual(read)
  })

  test.each([
    ['DEAD_AFTER', '0/2h'],
    ['DEAD_AFTER', '4'],
    ['DEAD_AFTER', '4/2'],
    ['WATCH_SCHEDULE', '5m,,1h'],
    ['FROM', 'a@x.org, b@y.org'],
    ['WEB_LISTEN', '127.0.0.1:70000'],
    ['WEB_PROXIES', '10.0.0.0/33'],
    ['WEB_PROXIES', 'proxy.example.org'],
    ['PUBLIC_URL', 'ftp://example.org'],
    ['RATE', '0'],
    ['RATE', '30/1'],
    ['RATE', '-5'],
    ['DAILY_QUOTA', '1.5'],
    ['DOMAIN_RATES', 'gmail.com'],
    ['DOMAIN_RATES', 'gmail.com=0/1s'],
    ['DOMAIN_RATES', '5/1s=gmail.com'],
    ['DKIM_KEY', 's1.example.org=/k.pem'],
    ['DKIM_KEY', '/k.pem'],
    ['LOG_LEVEL', 'loud'],
  ])('%s does not take %s', (key, text) => {
    expect(faultsOf({ [key]: text }).message).toContain(`${key}: `)
  })
})
