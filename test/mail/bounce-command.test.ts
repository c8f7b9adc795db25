import { fileURLToPath } from 'node:url'
import { type Desk, openDesk } from '../support/gll.ts'

const report = (name: string): string => fileURLToPath(new URL(`./bounces/${name}.eml`, import.meta.url))
const SLOW = 60_000

test(
  'gll bounce --dry-run --json says what it understood, a line a file, and makes nothing',
  async () => {
    await using desk: Desk = openDesk()
    const files = [report('qmail'), report('out-of-office'), report('arf-abuse')]
    const { exit, out } = await desk.gll('bounce', '--dry-run', '--json', ...files)
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect([exit, lines.map(({ file, kind }) => [file, kind])]).toEqual([
      0,
      [
        [files[0], 'bounce'],
        [files[1], 'autoreply'],
        [files[2], 'complaint'],
      ],
    ])
    expect(lines[0]).toEqual({
      file: files[0],
      kind: 'bounce',
      recipients: [
        {
          address: 'ann@clinic.example',
          action: 'failed',
          status: '5.1.1',
          hard: true,
          reason: 'no-such-mailbox',
          diagnostic: expect.stringContaining('550 5.1.1'),
        },
        expect.objectContaining({ address: 'bob@school.example', hard: false, reason: 'mailbox-full' }),
      ],
      messageId: '<m1@gll.example>',
    })
  },
  SLOW,
)

test(
  'a report that proves nothing is named as such and changes nothing',
  async () => {
    await using desk = openDesk()
    const { exit, err } = await desk.gll('bounce', report('qmail'))
    expect([exit, err]).toEqual([0, expect.stringContaining('changes nothing')])
    expect((await desk.gll('bounce', '/no/such/report.eml')).exit).toBe(1)
  },
  SLOW,
)
