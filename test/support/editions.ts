/** A small edition for tests of rooms that do not make editions. */
import { createHash } from 'node:crypto'
import type { Edition } from '../../src/edition/index.ts'

export function edition(more: Partial<Edition> = {}): Edition {
  const content = {
    kind: 'announcement' as const,
    language: 'en',
    direction: 'ltr' as const,
    subject: 'Reports for {{name}}',
    html: '<p>Dear {{name}}, <a href="https://a.test/report">the report</a></p><a href="{{unsubscribe}}">Unsubscribe</a>',
    text: 'Dear {{name}}, the report: https://a.test/report\r\n\r\nUnsubscribe: {{unsubscribe}}\r\n',
    defaults: { name: 'Colleague' },
    links: {},
    renderer: 'test',
    ...more,
  }
  return {
    digest: createHash('sha256').update(JSON.stringify(content)).digest('hex'),
    fields: ['name'],
    places: [
      { n: 0, part: 'html', link: 'https://a.test/report', words: 'the report' },
      { n: 0, part: 'text', link: 'https://a.test/report', words: 'the report' },
    ],
    list: 'members',
    source: { name: 'letter.md', format: 'md', text: '' },
    ...content,
  }
}
