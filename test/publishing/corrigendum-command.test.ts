import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gllIn, type Ran } from '../../scripts/demo/gll.ts'
import { gllAtTerminal, testAtTerminal } from '../support/terminal.ts'
import { corrigenda, HOUR, sent, watchedLink } from './broken.ts'
import { deliverDue, type House, insteadOfReport, letter, openHouse, running } from './house.ts'
import { pass } from './turn.ts'

const envOf = ({ config, site }: House): NodeJS.ProcessEnv => ({
  ...process.env,
  DATA_DIR: config.dataDir,
  PUBLIC_URL: 'http://127.0.0.1:9',
  LOOK_ALLOW: '127.0.0.0/8',
  LOOK_REFERENCE: site.url('/'),
})

/** The command line on the ledger of a house. */
const gll = (house: House, ...args: string[]): Promise<Ran> => gllIn(envOf(house)).run(...args)

test('a corrigendum is tried dry, confirmed by its count, and vetoed; the mailing has a report', async () => {
  await using house = await openHouse()
  const mailing = await running(house, letter(house, insteadOfReport(house, '/new-report')))
  await deliverDue(house)
  const link = (await house.ledger.watched({ mailing })).find((w) => w.href === house.site.url('/report'))?.link ?? 0

  const dry = await gll(house, 'correct', `${mailing}`, '--link', `${link}=instead`, '--dry-run')
  expect(dry.err).toContain(`${house.site.url('/report')} → ${house.site.url('/new-report')}`)
  expect(dry.err).toContain('4 people hold it')
  expect(dry.out).toContain('Subject: Corrigendum: Two new reports')
  expect(dry.out).toContain('----- text -----')
  expect(dry.out).toContain('----- html -----')
  expect(dry.exit).toBe(0)
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])

  const wrong = await gll(house, 'correct', `${mailing}`, '--link', `${link}=-`, '--yes', '5')
  expect(wrong.exit).toBe(1)
  const unknown = await gll(house, 'correct', `${mailing}`, '--link', 'https://never.example.org/=-', '--yes', '4')
  expect(unknown.err).toContain('has no link')
  expect(unknown.exit).not.toBe(0)
  expect((await gll(house, 'correct', `${mailing}`, '--link', `${link}=nonsense`)).exit).toBe(3)
  // What a person orders and the gate refuses is told at once, and nothing is made or tried again.
  house.site.set('/nowhere', { status: 404 })
  const dead = await gll(
    house,
    'correct',
    `${mailing}`,
    '--link',
    `${link}=${house.site.url('/nowhere')}`,
    '--yes',
    '4',
  )
  expect(dead.err).toMatch(/the gate refuses the corrigendum:[\s\S]*dead-link: \S+\/nowhere/)
  expect(dead.exit).toBe(2)
  expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])

  const made = await gll(
    house,
    'correct',
    `${mailing}`,
    '--link',
    `${link}=-`,
    '--why',
    'The page was wrong.',
    '--yes',
    '4',
  )
  expect(made.out).toMatch(/^mailing \d+$/m)
  const [corrigendum = 0] = await house.ledger.corrigendaOf({ mailing })
  expect((await gll(house, 'veto', `${corrigendum}`)).exit).toBe(0)
  expect(await house.ledger.mailing({ id: corrigendum })).toMatchObject({ state: 'cancelled' })
  expect((await gll(house, 'veto', `${mailing}`)).exit).toBe(1)

  const file = join(house.config.dataDir, 'report.md')
  expect((await gll(house, 'report', `${mailing}`, '--out', file)).exit).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('![Timeline](report.svg)')
  expect(readFileSync(file.replace('.md', '.svg'), 'utf8')).toMatch(/^<svg /)
  expect((await gll(house, 'report', `${mailing}`, '--format', 'html')).out).toContain('<!doctype html>')
  expect((await gll(house, 'report', `${mailing}`, '--format', 'pdf')).exit).toBe(3)
})

testAtTerminal(
  'at a terminal the number of people is typed; another stops it; and who ordered it can cancel it',
  async () => {
    await using house = await openHouse()
    const mailing = await sent(house)
    const link = (await watchedLink(house, mailing))?.link
    const type = (typed: string) =>
      gllAtTerminal(['correct', `${mailing}`, '--link', `${link}=-`], {
        env: envOf(house),
        answers: { to: 'type 4 to send to them, anything else to stop: ', with: typed },
      })
    const stopped = await type('5')
    expect([stopped.exit, stopped.said]).toEqual([1, expect.stringContaining('stopped: nothing was sent')])
    expect(await house.ledger.corrigendaOf({ mailing })).toEqual([])

    const made = await type('4')
    expect([made.exit, made.said]).toEqual([0, expect.stringMatching(/mailing \d+/)])
    const [corrigendum = 0] = await house.ledger.corrigendaOf({ mailing })
    const cancelled = await gllAtTerminal(['cancel', `${corrigendum}`, '--why', 'the page is back'], {
      env: envOf(house),
    })
    expect([cancelled.exit, cancelled.said]).toEqual([
      0,
      expect.stringContaining(`mailing ${corrigendum} is cancelled`),
    ])
    expect(await house.ledger.mailing({ id: corrigendum })).toMatchObject({
      state: 'cancelled',
      stateWhy: 'the page is back',
    })
    house.clock.at = Date.now()
    await pass(house, HOUR)
    expect(corrigenda(house)).toEqual([])
  },
)

test('resuming a held mailing is refused at the command line too while its link is dead', async () => {
  await using house = await openHouse()
  const mailing = await running(house)
  const link = (await house.ledger.watched({ mailing })).find((w) => w.href === house.site.url('/report'))?.link ?? 0
  house.site.set('/report', { status: 404 })
  const { watch } = await import('../../src/publishing/index.ts')
  await watch(house.tools, link)
  house.clock.at += 61_000
  await watch(house.tools, link)
  const refused = await gll(house, 'resume', `${mailing}`)
  expect(refused.err).toContain('which is dead')
  expect(refused.exit).toBe(2)
  const status = await gll(house, 'status', `${mailing}`)
  expect(status.out).toContain(`mailing ${mailing} is held`)
  const replaced = await gll(
    house,
    'correct',
    `${mailing}`,
    '--link',
    `${link}=${house.site.url('/new-report')}`,
    '--yes',
    '4',
  )
  expect(replaced.err).toContain('goes on with the corrected edition')
  expect(replaced.exit).toBe(0)
  expect(await house.ledger.mailing({ id: mailing })).toMatchObject({ state: 'scheduled' })
})
