/** Joining, confirming and choosing on the pages of a real `gll serve`, judged by what arrives and by the record. */
import { simpleParser } from 'mailparser'
import { openStage, peek, type Stage, startServe, until } from './stage.ts'

const post = async (stage: Stage, path: string, fields: Record<string, string>) => {
  const answer = await fetch(`${stage.web}${path}`, { method: 'POST', body: new URLSearchParams(fields) })
  return { status: answer.status, text: await answer.text() }
}

const get = async (stage: Stage, path: string) => {
  const answer = await fetch(`${stage.web}${path}`)
  return { status: answer.status, text: await answer.text() }
}

/** The path below one of our pages in the newest mail to this address. */
async function linkTo(stage: Stage, address: string, page: string, mails: number): Promise<string> {
  const received = () => stage.sink.messages.filter(({ to }) => to.includes(address))
  await until(() => received().length >= mails, `mail ${mails} to ${address}`)
  const mail = await simpleParser(received().at(-1)?.raw ?? '')
  const found = new RegExp(`http://127\\.0\\.0\\.1:\\d+(/${page}/[a-z2-7]+)`).exec(mail.text ?? '')
  if (!found?.[1]) throw new Error(`no link to ${page} in: ${mail.text}`)
  return found[1]
}

const acts = (stage: Stage): string[] =>
  peek<{ act: string; source: string }>(stage, 'select act, source from consent order by id').map(
    ({ act, source }) => `${act}: ${source}`,
  )

const onList = (stage: Stage): string[] =>
  peek<{ address: string }>(
    stage,
    "select p.address from subscription s join subscriber p on p.id = s.subscriber_id where s.state = 'subscribed' order by 1",
  ).map(({ address }) => address)

test('nobody is on a list before they have pressed the button in a mail, and the page says nothing of anybody', async () => {
  await using stage = await openStage({ env: { SIGN_UP_LISTS: 'members' } })
  await stage.gll.run('subscriber', 'add', 'old@reader.test', '--list', 'members')
  await stage.gll.run('suppress', 'never@reader.test')
  await using _serve = await startServe(stage)
  expect((await get(stage, '/join/members')).status).toBe(200)
  expect((await get(stage, '/join/staff')).status).toBe(404)

  const asked = await post(stage, '/join/members', { address: 'Ann@Reader.TEST', name: 'Ann', language: 'fr' })
  for (const address of ['old@reader.test', 'never@reader.test', 'Ann@reader.test']) {
    expect(await post(stage, '/join/members', { address, language: 'fr' })).toEqual(asked)
  }
  expect((await post(stage, '/join/members', { address: 'no address' })).status).toBe(422)

  const link = await linkTo(stage, 'Ann@reader.test', 'confirm', 1)
  expect((await get(stage, link)).text).toContain('Confirmer')
  expect(onList(stage)).toEqual(['old@reader.test'])
  expect((await post(stage, link, {})).status).toBe(404)
  const forged = link.replace(/.(?=.{5}$)/, (one) => (one === 'a' ? 'b' : 'a'))
  expect((await post(stage, forged, { confirm: 'yes' })).status).toBe(404)
  expect(onList(stage)).toEqual(['old@reader.test'])
  expect((await post(stage, link, { confirm: 'yes' })).text).toContain('Vous êtes abonné(e)')
  expect((await post(stage, link, { confirm: 'yes' })).status).toBe(200)
  expect(onList(stage)).toEqual(['Ann@reader.test', 'old@reader.test'])
  expect(acts(stage).slice(1)).toEqual(['asked: page /join/members', 'confirmed: confirmation page'])
  const [mail] = stage.sink.messages
  expect(stage.sink.messages).toHaveLength(1)
  expect(mail?.raw.toString()).toMatch(/^Auto-Submitted: auto-generated/im)
  expect(mail?.raw.toString()).not.toMatch(/^List-Unsubscribe:/im)

  const many = Array.from({ length: 25 }, (_, n) => post(stage, '/join/members', { address: `r${n}@reader.test` }))
  expect((await Promise.all(many)).filter(({ status }) => status === 429).length).toBeGreaterThan(0)
})

test('who holds a mail chooses: language, pause, another address, their data, and to be forgotten', async () => {
  await using stage = await openStage()
  await stage.gll.run('subscriber', 'add', 'ann@reader.test', '--list', 'members', '--name', 'Ann')
  await using _serve = await startServe(stage)
  const send = async () => {
    const text = `---\nsubject: News\nlist: members\nlanguage: en\n---\nDear {{name}},\n\ngood news.\n`
    return await stage.gll.run('send', stage.file('letter.md', text), '--yes', '1')
  }
  await send()
  const link = await linkTo(stage, 'ann@reader.test', 'u', 1)
  const page = link.replace('/u/', '/p/')
  expect((await get(stage, link)).text).toContain(page)
  expect((await get(stage, page)).text).toContain('ann@reader.test')
  expect((await get(stage, '/p/aaaa')).status).toBe(404)

  expect((await post(stage, page, { kind: 'person', name: 'Anne', language: 'fr' })).text).toContain('Enregistré.')
  expect((await post(stage, page, { kind: 'pause', list: '1', months: '3' })).text).toContain('En pause jusqu’au')
  expect((await send()).exit).not.toBe(0)
  expect((await post(stage, page, { kind: 'return', list: '1' })).text).toContain('Vous recevez ces courriels')
  expect((await post(stage, page, { kind: 'pause', list: '1', months: '99' })).status).toBe(422)
  expect((await post(stage, page, { kind: 'return', list: '99' })).status).toBe(200)

  expect((await post(stage, page, { kind: 'address', address: 'nowhere' })).status).toBe(422)
  expect((await post(stage, page, { kind: 'address', address: 'anne@other.test' })).status).toBe(200)
  const confirm = await linkTo(stage, 'anne@other.test', 'confirm', 1)
  expect(onList(stage)).toEqual(['ann@reader.test'])
  expect((await post(stage, confirm, { confirm: 'yes' })).text).toContain('Votre adresse est modifiée')
  expect(onList(stage)).toEqual(['anne@other.test'])

  const data = JSON.parse((await get(stage, `${page}/data`)).text)
  expect(data.card).toMatchObject({ address: 'anne@other.test', name: 'Anne', language: 'fr' })
  expect(data.mails).toHaveLength(1)
  expect(data.consent.map(({ act }: { act: string }) => act)).toEqual([
    'imported',
    'paused',
    'returned',
    'asked',
    'changed',
  ])

  expect((await post(stage, page, { kind: 'erase' })).status).toBe(422)
  expect(onList(stage)).toEqual(['anne@other.test'])
  expect((await post(stage, page, { kind: 'erase', sure: 'yes' })).text).toContain('Vos données sont effacées')
  expect(onList(stage)).toEqual([])
  expect((await get(stage, page)).status).toBe(404)
  expect(JSON.stringify(peek(stage, 'select * from delivery where role = ?', 'reader'))).not.toMatch(/ann/i)
})
