import fc from 'fast-check'
import { parseAddress } from '../../src/mail/index.ts'

const local64 = 'a'.repeat(64)
const label63 = 'd'.repeat(63)

const sound: [string, string?][] = [
  ['ann@example.org'],
  ['a@b.co'],
  ['Ann.Other@example.org'],
  ['ANN@EXAMPLE.ORG', 'ANN@example.org'],
  ['ann+gll@example.org'],
  ["o'brien@example.org"],
  ['ann_other@example.org'],
  ['ann-other@example.org'],
  ['-ann@example.org'],
  ['1234567890@example.org'],
  ['!#$%&*+/=?^_`{|}~@example.org'],
  ['bounces+17=ann=example.org@example.net'],
  ['ann@mail.sub.example.org'],
  ['ann@123.example'],
  ['ann@1and1.example'],
  ['ann@a-b.example'],
  ['ann@x--y.example'],
  [`${local64}@example.org`],
  [`ann@${label63}.example`],
  [`ann@${[label63, label63, label63, 'd'.repeat(54)].join('.')}.org`],
  ['ann@xn--bcher-kva.example'],
  ['ann@XN--BCHER-KVA.example', 'ann@xn--bcher-kva.example'],
  ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
  ['ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
  ['ann@bu\u0308cher.example', 'ann@xn--bcher-kva.example'],
  ['ann@straße.example', 'ann@xn--strae-oqa.example'],
  ['ann@例子.测试', 'ann@xn--fsqu00a.xn--0zwm56d'],
  ['ann@пример.испытание', 'ann@xn--e1afmkfd.xn--80akhbyknj4f'],
  ['ann@مثال.إختبار', 'ann@xn--mgbh0fb.xn--kgbechtv'],
  ['用户@例子.测试', '用户@xn--fsqu00a.xn--0zwm56d'],
  ['jörg@example.org'],
  ['Дарья@example.org'],
  ['δοκιμή@παράδειγμα.δοκιμή', 'δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp'],
  ['ann@उदाहरण.परीक्षा', 'ann@xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g'],
  ['a.b.c.d.e@example.org'],
  ['ann@a.b.c.d.e.example'],
]

const unsound: [string, string][] = [
  ['', 'empty'],
  ['ann', 'no @'],
  ['@', 'before the @'],
  ['@example.org', 'before the @'],
  ['ann@', 'after the @'],
  ['ann@@example.org', 'more than one @'],
  ['ann@example.org@example.net', 'more than one @'],
  ['ann@x.org, zoe@q.org', 'space'],
  ['ann@x.org,zoe@q.org', 'holds ,'],
  ['ann@x.org;zoe@q.org', 'holds ;'],
  [' ann@example.org', 'space'],
  ['ann@example.org ', 'space'],
  ['an n@example.org', 'space'],
  ['ann@exam ple.org', 'space'],
  ['ann\u00a0@example.org', 'space'],
  ['ann\u3000@example.org', 'space'],
  ['ann\u2028@example.org', 'space'],
  ['ann@example.org\r\nBcc: evil@example.net', 'control'],
  ['ann@example.org\n', 'control'],
  ['ann\r@example.org', 'control'],
  ['ann\t@example.org', 'control'],
  ['ann\0@example.org', 'control'],
  ['ann\u0085@example.org', 'control'],
  ['ann\u007f@example.org', 'control'],
  ['ann\u200b@example.org', 'does not show'],
  ['ann\u202e@example.org', 'does not show'],
  ['ann\ufeff@example.org', 'does not show'],
  ['ann\ufffd@example.org', 'does not show'],
  ['ann\ud800@example.org', 'does not show'],
  ['ann@ex\u00adample.org', 'does not show'],
  ['"ann other"@example.org', 'space'],
  ['"ann"@example.org', 'quote'],
  ['ann\\@x@example.org', 'holds \\'],
  ['Ann <ann@example.org>', 'space'],
  ['<ann@example.org>', 'holds <'],
  ['ann@example.org>', 'holds >'],
  ['ann(comment)@example.org', 'holds ('],
  ['mailto:ann@example.org', 'holds :'],
  ['ann@[192.0.2.1]', 'holds ['],
  ['ann@[IPv6:2001:db8::1]', 'holds ['],
  ['.ann@example.org', 'dot at an end'],
  ['ann.@example.org', 'dot at an end'],
  ['an..n@example.org', 'two in a row'],
  ['ann@.example.org', 'dot at an end'],
  ['ann@example.org.', 'dot at an end'],
  ['ann@example..org', 'two in a row'],
  ['ann@localhost', 'no dot'],
  ['ann@com', 'no dot'],
  ['ann@example.1', 'ends in a number'],
  ['@relay.example,@b.example:ann@example.org', 'holds ,'],
  ['ann%example.net@[192.0.2.1]', 'holds ['],
  ['ann@192.0.2.1', 'ends in a number'],
  ['ann@0x7f.1', 'ends in a number'],
  ['ann@example.0x7f', 'ends in a number'],
  ['ann@exa_mple.org', 'wrong character'],
  ['ann@exam%70le.org', 'wrong character'],
  ['ann@exam/ple.org', 'wrong character'],
  ['ann@example.org?x', 'wrong character'],
  ['ann@-example.org', 'hyphen'],
  ['ann@example-.org', 'hyphen'],
  ['ann@xn--zz.org', 'international name'],
  ['ann@xn--.org', 'international name'],
  ['ann@ｅxample.org', 'stands for another'],
  ['ann@example。org', 'no dot'],
  ['ann@mail.example。org', 'stands for another'],
  ['ann@ﬁne.example', 'stands for another'],
  [`${local64}a@example.org`, 'longer than 64'],
  [`${'ü'.repeat(33)}@example.org`, 'longer than 64'],
  [`ann@${label63}d.org`, 'longer than 63'],
  [`ann@${[label63, label63, label63, 'd'.repeat(55)].join('.')}.org`, 'longer than 254'],
  [`ann@${Array(5).fill(label63).join('.')}.org`, 'longer than 255'],
]

describe('an address', () => {
  test.each(sound)('%j is sound', (text, address = text) => {
    expect(parseAddress(text)).toMatchObject({ address })
  })

  test.each(unsound)('%j is refused', (text, fault) => {
    const read = parseAddress(text)
    expect(read).toHaveProperty('fault')
    expect('fault' in read && read.fault).toContain(fault)
  })

  test('shows its domain as people write it, and says what the wire can carry', () => {
    expect(parseAddress('Ann@xn--bcher-kva.example')).toEqual({
      address: 'Ann@xn--bcher-kva.example',
      display: 'Ann@bücher.example',
      key: 'ann@xn--bcher-kva.example',
      unsupported8bit: false,
    })
    expect(parseAddress('jörg@example.org')).toMatchObject({ unsupported8bit: true })
  })

  test('has one key for one mailbox: case, domain and form of Unicode are folded', () => {
    const key = (text: string) => {
      const read = parseAddress(text)
      return 'key' in read ? read.key : null
    }
    expect(key('ann@Bücher.EXAMPLE')).toBe(key('ann@xn--bcher-kva.example'))
    expect(key('jo\u0308rg@example.org')).toBe(key('jörg@example.org'))
    expect(key('Ann@example.org')).toBe(key('ann@example.org'))
  })

  test('whatever is let through has one @, no control character, space or separator, an ASCII domain, and reads the same again', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('@', '.', 'a', 'example.org', ',', '\r\n', '例', 'xn--'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const read = parseAddress(pieces.join(''))
        if ('fault' in read) return read.fault !== ''
        expect(read.address).toMatch(/^[^@\s\p{C}<>,;:"()[\]\\]+@[a-z0-9.-]+$/u)
        return JSON.stringify(parseAddress(read.address)) === JSON.stringify(read)
      }),
      { numRuns: 3_000 },
    )
  })
})
