import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRedactor, Redactor } from '../../src/redaction/redactor.ts'

describe('a key hides its value', () => {
  /** [listed, key, hides] */
  const rows: readonly [listed: string | RegExp, key: string, hides: boolean][] = [
    ['password', 'password', true],
    ['password', 'PassWord', true],
    ['PASSWORD', 'password', true],
    ['password', 'input.password', true],
    ['password', 'input.Db.PASSWORD', true],
    ['password', 'password.hint', false],
    ['password', 'password2', false],
    ['password', 'input_password', false],
    ['password', 'password.', false],
    ['input.password', 'input.password', true],
    ['input.password', 'password', false],
    ['input.password', 'job.input.password', false],
    ['a.b', 'b', false],
    ['.', 'a.b', false],
    ['__proto__', 'a.__proto__', true],
    ['password', 'constructor', false],
    [/pass/, 'input.password', true],
    [/^pass/, 'input.password', false],
    [/PASS/, 'password', false],
    [/PASS/i, 'password', true],
    [/token$/g, 'x-token', true],
    [/x-/y, 'my-x-token', true],
    [/(?<n>.)\k<n>/u, 'accept', true],
  ]
  for (const [listed, key, hides] of rows) {
    test(`${listed} ${hides ? 'hides' : 'does not hide'} ${key}, each time`, () => {
      const redactor = new Redactor({ keys: [listed] })
      for (let time = 0; time < 3; time++) assert.equal(redactor.hides(key), hides)
    })
  }

  test('inside of an object by its own name or by its path', () => {
    const redactor = new Redactor({ keys: ['smtp.password', 'config.db.host', /^config\.cache\./, /^url$/] })
    assert.ok(redactor.hides('smtp.password', 'config.smtp.password'))
    assert.ok(redactor.hides('host', 'config.db.host'))
    assert.ok(redactor.hides('anything', 'config.cache.anything'))
    assert.ok(redactor.hides('url', 'config.url'))
    assert.ok(!redactor.hides('host', 'config.web.host'))
  })

  test('also beyond the keys that are remembered', () => {
    const redactor = new Redactor({ keys: ['password'] })
    for (let i = 0; i < 2_000; i++) assert.equal(redactor.hides(`step${i}.${i % 2 ? 'password' : 'user'}`), i % 2 === 1)
    assert.ok(redactor.hides(`${'long'.repeat(100)}.password`))
  })
})

describe('what values match is replaced', () => {
  /** [patterns, text, shown] */
  const rows: readonly [values: readonly RegExp[], text: string, shown: string][] = [
    [[/secret/], 'a secret and a secret', 'a [redacted] and a [redacted]'],
    [[/secret/y], 'a secret and a secret', 'a [redacted] and a [redacted]'],
    [[/secret/gy], 'a secret', 'a [redacted]'],
    [[/secret/i], 'SECRET', '[redacted]'],
    [[/secret/], 'SECRET', 'SECRET'],
    [[/a./s], 'a\n', '[redacted]'],
    [[/^b/m], 'a\nb', 'a\n[redacted]'],
    [[/\u{1f511}./u], '🔑x', '[redacted]'],
    [[/one/, /two/], 'one two', '[redacted] [redacted]'],
    [[/x*/], 'axxb', 'a[redacted]b'],
    [[/x*/u], '🔑', '🔑'],
    [[/$/, /^/, /\b/, /(?:)/, /(?=a)/g], 'abc', 'abc'],
    [[/(?<=key=)\w+/], 'key=abc', 'key=[redacted]'],
    [[], 'text', 'text'],
  ]
  for (const [values, text, shown] of rows) {
    test(`${values.join(' ') || 'nothing'} in ${JSON.stringify(text)}`, () => {
      const redactor = new Redactor({ values })
      for (let time = 0; time < 3; time++) {
        assert.equal(redactor.mask(text), shown)
        assert.equal(redactor.keyText(text), shown)
        assert.equal(redactor.text('attribute', text, 'key'), shown)
      }
    })
  }

  for (const replacement of ['', '***', '$&', '$1', "$`$'", '$<all>', '$$']) {
    test(`by ${JSON.stringify(replacement)}, literally`, () => {
      assert.equal(new Redactor({ values: [/(?<all>b)/], replacement }).mask('abc'), `a${replacement}c`)
    })
  }

  const numbers: readonly [value: number | bigint, shown: number | bigint | string][] = [
    [4929123456789012, '[redacted]'],
    [4929123456789012n, '[redacted]'],
    [-4929123456789012, '-[redacted]'],
    [492912345678901, 492912345678901],
    [Number.NaN, Number.NaN],
    [1.5, 1.5],
  ]
  for (const [value, shown] of numbers) {
    test(`in the number ${value}`, () => {
      assert.deepEqual(new Redactor({ values: [/\d{16}/] }).maskNumber(value), shown)
      assert.deepEqual(new Redactor({ keys: ['k'] }).maskNumber(value), value)
    })
  }

  test('whatever becomes of the pattern that was given', () => {
    const pattern = /secret/g
    const redactor = new Redactor({ values: [pattern], keys: [pattern] })
    pattern.lastIndex = 3
    pattern.compile('other')
    assert.equal(redactor.mask('secret'), '[redacted]')
    assert.ok(redactor.hides('secret'))
  })
})

describe('where a pattern gives up, all is hidden', () => {
  // Backtracks one frame a character on a stack that ends sooner or later.
  const greedy = new RegExp(`^(?:${'(?:a|b|ab)'.repeat(3)})*$`)

  test('a pattern that is asked for more than the stack or the memory holds does not throw', () => {
    const redactor = new Redactor({ keys: [greedy], values: [greedy] })
    const shown = redactor.mask('ab'.repeat(4_000_000))
    assert.ok(shown === '[redacted]' || shown.length === 8_000_000)
    assert.equal(typeof redactor.hides('ab'.repeat(4_000_000)), 'boolean')
  })

  test('replacements that make a text too long for a text make it the replacement', () => {
    const replacement = 'r'.repeat(2 ** 20)
    assert.equal(new Redactor({ values: [/a/], replacement }).mask('a'.repeat(1_024)), replacement)
  })
})

describe('the callback', () => {
  test('gets field, text and key after keys and values, and returns the text to use', () => {
    const asked: unknown[] = []
    const redactor = new Redactor({
      values: [/secret/],
      with: (...given) => {
        asked.push(given)
        return given[1].toUpperCase()
      },
    })
    assert.equal(redactor.text('event', 'a secret', 'key'), 'A [REDACTED]')
    assert.equal(redactor.text('name', 'n'), 'N')
    assert.deepEqual(asked, [
      ['event', 'a [redacted]', 'key'],
      ['name', 'n', undefined],
    ])
  })

  test('is not asked about keys, numbers and empty text', () => {
    const redactor = new Redactor({ with: () => assert.fail('asked') })
    assert.deepEqual([redactor.keyText('k'), redactor.maskNumber(1), redactor.text('attribute', '', 'k')], ['k', 1, ''])
  })
})

describe('nothing to redact is no redactor', () => {
  for (const options of [undefined, {}, { keys: [], values: [] }, { replacement: 'x' }, { with: undefined }]) {
    test(JSON.stringify(options) ?? 'undefined', () => assert.equal(createRedactor(options), undefined))
  }
  for (const options of [{ keys: ['a'] }, { values: [/a/] }, { with: () => '' }]) {
    test(`but ${Object.keys(options)}`, () => assert.ok(createRedactor(options) instanceof Redactor))
  }
})
