import { parseRoute } from '../../src/mail/index.ts'

const read = (url: string) => parseRoute(url, { ehloName: 'mail.example.org' })

test.each([
  ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, tls: 'none', auth: null }],
  ['smtp://localhost', { host: 'localhost', port: 25, tls: 'none' }],
  ['smtp://[::1]:25', { host: '::1', port: 25, tls: 'none' }],
  ['smtp://relay.example:25', { host: 'relay.example', port: 25, tls: 'required' }],
  ['smtp://relay.example', { port: 25, tls: 'required' }],
  ['smtp://u:p@relay.example', { port: 587, tls: 'required', auth: { user: 'u', pass: 'p' } }],
  [
    'smtps://a%40b.example:p%3Aq@relay.example',
    { port: 465, tls: 'implicit', auth: { user: 'a@b.example', pass: 'p:q' } },
  ],
  ['smtp://10.0.0.5:25?tls=none', { tls: 'none' }],
  ['smtp://127.0.0.1:25?tls=required', { tls: 'required' }],
  ['smtp://127.0.0.1:25?name=other.example', { ehloName: 'other.example' }],
  ['smtp://127.0.0.1:25', { ehloName: 'mail.example.org' }],
])('%s', (url, expected) => {
  expect(read(url)).toMatchObject(expected)
})

test.each([
  'http://relay.example',
  'relay.example:25',
  'smtp://',
  'smtp://u:hush@relay.example?tls=none',
  'smtp://u:hush@relay.example?tls=maybe',
  'smtp://u:%zz@relay.example',
  'smtp://relay.example?name=a%0d%0ab',
])('%s is refused, and the complaint shows no password', (url) => {
  const error = (() => {
    try {
      return read(url)
    } catch (thrown) {
      return thrown as Error
    }
  })()
  expect(error).toMatchObject({ code: 'COMPLAINT', exit: 3 })
  expect((error as Error).message).not.toContain('hush')
})
