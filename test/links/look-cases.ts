/** What a site does, and what a look at it must say: rows of look.test.ts. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { type Behaviour, page } from '../support/http.ts'

/** What it promises; the path; what the site does there; the verdict and its cause; the rest. */
export type Row = readonly [says: string, path: string, does: Behaviour, outcome: string, more?: More]

export interface More {
  /** Requests at this path; 1 unless another try may help. Null: other rows lead there too. */
  readonly asked?: number | null
  readonly others?: Readonly<Record<string, Behaviour>>
  readonly image?: true
  /** Path of the site where it ends. */
  readonly lands?: string
  /** Path of the site, or null. */
  readonly movedTo?: string | null
  /** Part of the line for people. */
  readonly why?: string
  readonly warning?: string
}

const html = (body: string): Behaviour => ({ body })
const to = (target: string, status = 302): Behaviour => ({ to: target, status })
const long = (words: string): string => `<p>${words} </p>`.repeat(80)
const inHttpDate = (ms: number): string => new Date(Date.now() + ms).toUTCString()

/** `/STATUS-LENGTH-0`, `-1` and so on, the last of them a page. */
function chain(status: number, length: number): Record<string, Behaviour> {
  const at = (n: number): string => `/${status}-${length}-${n}`
  const hops = Array.from({ length }, (_, n) => [at(n), to(at(n + 1), status)])
  return { ...Object.fromEntries(hops), [at(length)]: {} }
}

const CHAINS = [301, 302, 303, 307, 308].flatMap((status): Row[] => [
  [
    `a chain of 3 by ${status} is alive`,
    `/${status}-3-0`,
    to(`/${status}-3-1`, status),
    'alive ok',
    {
      others: chain(status, 3),
      lands: `/${status}-3-3`,
      movedTo: [301, 308].includes(status) ? `/${status}-3-3` : null,
    },
  ],
  [
    `a chain of 30 by ${status} is more than browsers follow`,
    `/${status}-30-0`,
    to(`/${status}-30-1`, status),
    'dead redirect-loop',
    { others: chain(status, 30), movedTo: null },
  ],
])

export const STATUSES: readonly Row[] = [
  ['a page is alive', '/sound', {}, 'alive ok'],
  ['201 with a page is alive', '/201', { status: 201 }, 'alive ok'],
  ['204 where a page was expected is empty', '/204', { status: 204 }, 'unsure empty'],
  ['a page of no byte is empty', '/nothing', html(''), 'unsure empty'],
  ['a page without a word is empty', '/blank', html('<html><body> </body></html>'), 'unsure empty'],
  ['404 is dead', '/404', { status: 404 }, 'dead not-found', { why: '404 Not Found' }],
  ['410 is dead', '/410', { status: 410 }, 'dead gone'],
  ['401 turns us away', '/401', { status: 401 }, 'unsure turned-away'],
  ['403 turns us away', '/403', { status: 403 }, 'unsure turned-away'],
  [
    'a challenge for robots turns us away',
    '/cf',
    { status: 403, headers: { 'cf-mitigated': 'challenge' } },
    'unsure turned-away',
  ],
  ['451 turns us away', '/451', { status: 451 }, 'unsure turned-away'],
  ['999 turns us away', '/999', { status: 999 }, 'unsure turned-away'],
  ['400 is unsure', '/400', { status: 400 }, 'unsure client-error'],
  ['402 is unsure', '/402', { status: 402 }, 'unsure client-error'],
  // linkinator asks again by itself after a 405; its own command does so too.
  ['405 is unsure', '/405', { status: 405 }, 'unsure client-error', { asked: 2 }],
  ['406 is unsure', '/406', { status: 406 }, 'unsure client-error'],
  ['418 is unsure', '/418', { status: 418 }, 'unsure client-error'],
  ['500 is unsure after another try', '/500', { status: 500 }, 'unsure server-error', { asked: 2 }],
  ['501 is unsure, and another try cannot help', '/501', { status: 501 }, 'unsure server-error'],
  ['502 is unsure after another try', '/502', { status: 502 }, 'unsure server-error', { asked: 2 }],
  ['503 is unsure after another try', '/503', { status: 503 }, 'unsure server-error', { asked: 2 }],
  ['504 is unsure after another try', '/504', { status: 504 }, 'unsure server-error', { asked: 2 }],
  ['500 and then a page is alive', '/once500', { inTurn: [{ status: 500 }, {}] }, 'alive ok', { asked: 2 }],
  [
    '500 and then 404 is dead',
    '/500-404',
    { inTurn: [{ status: 500 }, { status: 404 }] },
    'dead not-found',
    { asked: 2 },
  ],
  ['429 is unsure after another try', '/429', { status: 429 }, 'unsure turned-away', { asked: 2 }],
]

const later = (status: number, patience: string): Behaviour => ({ status, headers: { 'retry-after': patience } })

export const RETRIES: readonly Row[] = [
  ['a Retry-After in seconds is honoured', '/s', { inTurn: [later(429, '1'), {}] }, 'alive ok', { asked: 2 }],
  ['an hour is not waited for', '/h', later(429, '3600'), 'unsure turned-away', { why: '3600 s' }],
  ['a date a day off is not waited for', '/d', later(503, inHttpDate(86_400_000)), 'unsure server-error'],
  [
    'a date that has passed means now',
    '/p',
    { inTurn: [later(503, inHttpDate(-5_000)), {}] },
    'alive ok',
    { asked: 2 },
  ],
  ['nonsense is no Retry-After', '/n', { inTurn: [later(503, 'soon'), {}] }, 'alive ok', { asked: 2 }],
]

const MAPPED = 'http://[::ffff:169.254.169.254]/'

export const REDIRECTS: readonly Row[] = [
  [
    '301 to a page moved for good',
    '/301',
    to('/new1', 301),
    'alive ok',
    { others: { '/new1': {} }, lands: '/new1', movedTo: '/new1' },
  ],
  [
    '308 to a page moved for good',
    '/308',
    to('/new2', 308),
    'alive ok',
    { others: { '/new2': {} }, lands: '/new2', movedTo: '/new2' },
  ],
  [
    '302 to a page is alive',
    '/302',
    to('/new3', 302),
    'alive ok',
    { others: { '/new3': {} }, lands: '/new3', movedTo: null },
  ],
  ['303 to a page is alive', '/303', to('/new4', 303), 'alive ok', { others: { '/new4': {} }, movedTo: null }],
  ['307 to a page is alive', '/307', to('/new5', 307), 'alive ok', { others: { '/new5': {} }, movedTo: null }],
  [
    'a move is as long as it is permanent',
    '/m1',
    to('/m2', 301),
    'alive ok',
    { others: { '/m2': to('/m3', 308), '/m3': to('/m4'), '/m4': {} }, lands: '/m4', movedTo: '/m3' },
  ],
  ['a move to a dead page is no move', '/m5', to('/m6', 301), 'dead not-found', { movedTo: null }],
  ...CHAINS,
  ['a redirect to itself is a loop', '/loop', to('/loop'), 'dead redirect-loop'],
  ['a loop of two is a loop', '/ping', to('/pong'), 'dead redirect-loop', { others: { '/pong': to('/ping') } }],
  [
    'a loop with a cookie may let a browser in',
    '/cookie',
    { to: '/cookie', headers: { 'set-cookie': 'a=1' } },
    'unsure redirect-loop',
  ],
  [
    'a redirect to a private address is dead',
    '/inside',
    to('http://10.0.0.1/'),
    'dead private',
    { why: '10.0.0.1 is a private address' },
  ],
  ['a redirect to mapped metadata is dead', '/meta', to(MAPPED), 'dead private', { why: 'link-local' }],
  ['a deep link that lands at home is dead', '/reports/2026', to('/', 301), 'dead home-page', { movedTo: null }],
  [
    'the home page of a language is one',
    '/reports/2025',
    to('/fr/index.html'),
    'dead home-page',
    { others: { '/fr/index.html': {} } },
  ],
  ['home may send to its language', '/', to('/en/'), 'alive ok', { others: { '/en/': {} }, asked: null }],
  [
    'a redirect to a login is unsure',
    '/members',
    to('/login?to=1'),
    'unsure turned-away',
    { others: { '/login': {} } },
  ],
  [
    'a redirect with a password in it is unsure, and not followed',
    '/secret',
    to('http://user:word@127.0.0.1/'),
    'unsure malformed',
    { why: 'it redirects to an address with a user name' },
  ],
  ['a redirect to no address is dead', '/bad', to('http://[nonsense/'), 'dead malformed'],
  ['a redirect to data: is dead', '/data', to('data:text/html,hello'), 'dead malformed'],
  ['a redirect to a program is unsure', '/program', to('zoommtg://zoom.us/join'), 'unsure malformed'],
  ['a redirect to nowhere is unsure', '/304', { status: 304 }, 'unsure server-error'],
  [
    'raw UTF-8 is read as browsers do',
    '/utf8',
    to(Buffer.from('/été').toString('latin1')),
    'alive ok',
    { others: { '/%C3%A9t%C3%A9': {} } },
  ],
]

const BOMB = page('Report', 'x'.repeat(50_000_000))
const BROTLI = brotliCompressSync(BOMB, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
const GZIP = gzipSync(BOMB, { level: 1 })
const packed = (encoding: string, body: Buffer): Behaviour => ({ headers: { 'content-encoding': encoding }, body })

export const WIRE: readonly Row[] = [
  ['a slow first byte within the time is alive', '/slow', { wait: 200 }, 'alive ok'],
  ['no answer is a time-out', '/silent', { silent: true }, 'unsure time-out', { asked: 2 }],
  ['no answer once is no matter', '/late', { inTurn: [{ silent: true }, {}] }, 'alive ok', { asked: 2 }],
  ['a body that takes too long is a time-out', '/slow-body', { pause: 5_000 }, 'unsure time-out', { asked: 2 }],
  ['an endless body is alive', '/endless', { endless: true, body: page('Endless', long('words')) }, 'alive ok'],
  ['a body that breaks off is unsure', '/cut', { cut: true }, 'unsure cut-short', { asked: 2 }],
  ['a body that broke off once is alive', '/cut-once', { inTurn: [{ cut: true }, {}] }, 'alive ok', { asked: 2 }],
  ['a reset is unsure', '/reset', { end: 'reset' }, 'unsure reset', { asked: 2 }],
  ['a close without a byte is unsure', '/close', { end: 'close' }, 'unsure reset', { asked: 2 }],
  ['a gzipped page is read', '/gzip', { gzip: true, body: page('Page not found') }, 'dead soft-404'],
  ['a page that unpacks to 50 MB is alive', '/bomb', packed('gzip', GZIP), 'alive ok'],
  ['so is one by brotli', '/bomb-br', packed('br', BROTLI), 'alive ok'],
  ['so is one by deflate', '/bomb-de', packed('deflate', deflateSync(BOMB, { level: 1 })), 'alive ok'],
  ['one packed twice is alive', '/bomb-2', packed('gzip, gzip', gzipSync(GZIP)), 'alive ok'],
  ['a head without end is unsure', '/head', { headers: { 'x-long': 'x'.repeat(100_000) } }, 'unsure server-error'],
  ['a slow body within the time is alive', '/slow-half', { pause: 200 }, 'alive ok'],
  ['a PDF is alive', '/a.pdf', { type: 'application/pdf', body: Buffer.alloc(100_000, '%PDF-1.7') }, 'alive ok'],
  ['a file without a type is alive', '/file', { type: null, body: Buffer.alloc(999, 7) }, 'alive ok'],
]

const NOT_FOUND = {
  English: 'Page not found',
  French: 'Page introuvable',
  Spanish: 'Página no encontrada',
  Russian: 'Страница не найдена',
  Arabic: 'الصفحة غير موجودة',
  Chinese: '页面不存在',
}

const SOFT: readonly Row[] = Object.entries(NOT_FOUND).map(([language, words]) => [
  `a soft 404 in ${language} is dead`,
  `/soft-${language}`,
  html(page(`${words} | GLL`)),
  'dead soft-404',
  { why: words },
])

const FORM = '<form><input type="password"></form>'
const SCRIPT = '<p>Words enough for a page.</p><script>1</script>'
const refresh = (target: string): Behaviour =>
  html(`<meta http-equiv="refresh" content="0; url=${target}"><p>Moved.</p>`)
const SHAREPOINT = '/:b:/r/sites/gll/Shared%20Documents/Report%20(final).pdf'
const TITLE = 'Why "page not found" is what readers of bulletins meet most'
const SALE = '<p>This domain is for sale. Make an offer.</p>'

export const PAGES: readonly Row[] = [
  ...SOFT,
  ['a 404 for a title is a soft 404', '/t404', html(page('Error 404')), 'dead soft-404'],
  ['a report about 404s is alive', '/study', html(page(TITLE, long('A study of many letters'))), 'alive ok'],
  ['a room number is no error', '/room', html(page('Room 404, second floor')), 'alive ok'],
  [
    'a long page is not dead for one phrase',
    '/guide',
    html(page('Guide', long('If the page you requested is away'))),
    'alive ok',
  ],
  ['a domain for sale is dead', '/sale', html(page('gll-pod', SALE)), 'dead parked'],
  ['a page that asks for a password is unsure', '/library', html(page('Sign in', FORM)), 'unsure turned-away'],
  ['a link to a login is what it says', '/login', html(page('Sign in', FORM)), 'alive ok'],
  [
    'a page that sends on to the home page is dead',
    '/refresh',
    refresh('/'),
    'dead home-page',
    { others: { '/': {} } },
  ],
  [
    'a page that sends on to a page is alive',
    '/on',
    refresh('/here'),
    'alive ok',
    { others: { '/here': {} }, lands: '/here' },
  ],
  ['a page that sends on to nothing is dead', '/off', refresh('/nothing'), 'dead not-found'],
  ['a page that sends on in a circle is alive', '/round', refresh('/round'), 'alive ok'],
  ['a fragment that is there is alive', '/doc#part', html(page('Doc', '<p id="part">Here</p>')), 'alive ok'],
  ['a fragment by an old name is alive', '/doc-old#part', html(page('Doc', '<a name=part>Here</a>')), 'alive ok'],
  ['an encoded fragment is found', '/fr#r%C3%A9sum%C3%A9', html(page('Doc', '<p id="résumé">Ici</p>')), 'alive ok'],
  ['#top is always there', '/top#top', {}, 'alive ok'],
  ['a fragment that is absent is dead', '/doc-none#part', html(page('Doc')), 'dead fragment', { why: '#part' }],
  ['a fragment that script may make is unsure', '/doc-js#part', html(page('Doc', SCRIPT)), 'unsure fragment'],
  ['a route of the page’s script is no fragment', '/app#/reports/1', html(page('App', SCRIPT)), 'alive ok'],
  [
    'a fragment of a PDF is its reader’s matter',
    '/p.pdf#page=3',
    { type: 'application/pdf', body: '%PDF' },
    'alive ok',
  ],
  [
    'spaces and other letters are no fault',
    '/a b/日本',
    {},
    'alive ok',
    { asked: 0, others: { '/a%20b/%E6%97%A5%E6%9C%AC': {} } },
  ],
  ['ampersands stay ampersands', '/q?a=1&b=2', {}, 'alive ok'],
  ['a query of 2,000 characters is alive', `/query?q=${'x'.repeat(2_000)}`, {}, 'alive ok'],
  [
    'a SharePoint address is alive',
    `${SHAREPOINT}?csf=1&web=1&e=aB3`,
    { type: 'application/pdf', body: '%PDF' },
    'alive ok',
  ],
]

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex')
const png = (type: string): Behaviour => ({ type, body: PNG })

export const PICTURES: readonly Row[] = [
  ['a picture is alive', '/photo.png', png('image/png'), 'alive ok', { image: true }],
  ['a picture is known by its bytes', '/photo', png('application/octet-stream'), 'alive ok', { image: true }],
  ['a page in its place is dead', '/logo.png', html(page('Welcome')), 'dead not-image', { image: true }],
  ['a picture that is gone is dead', '/old.png', { status: 404 }, 'dead not-found', { image: true }],
  ['a picture of no byte is unsure', '/zero.png', { type: 'image/png', body: '' }, 'unsure empty', { image: true }],
  [
    'a pixel is alive, with a warning',
    '/p.gif',
    { type: 'image/gif', body: PIXEL },
    'alive ok',
    { image: true, warning: 'one pixel' },
  ],
  ['a beacon is alive, with a warning', '/b', { status: 204 }, 'alive ok', { image: true, warning: 'one pixel' }],
]
