// Takes line breaks out of strings. Where lines have a limit esbuild breaks them there as well, after a backslash, and whatever indents
// a file would change what such a string says.

const TEMPLATE_PART = String.raw`(?:\\[^]|\$(?!\{)|[^\x60\\$])*(?:\x60|\$\{)`
const LITERAL = new RegExp(
  String.raw`\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\x60${TEMPLATE_PART}`,
  'y',
)
const TEMPLATE_REST = new RegExp(String.raw`\}${TEMPLATE_PART}`, 'y')
const REGULAR_EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y
const WORD_OR_MARK = /[\w$]+|\s+|./sy
/** After these a slash divides nothing. */
const BEFORE_EXPRESSION =
  /^(?:[(,=:[!&|?{};+\-*%^~<>]|return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await)$/

/** `code` with as many lines, those that ended within a string ending behind it. */
export function wholeStrings(code) {
  let result = ''
  for (const token of tokensOf(code)) {
    const parts = token.split('\\\n')
    result += parts.join('') + '\n'.repeat(parts.length - 1)
  }
  return result
}

function* tokensOf(code) {
  /** Of each template around: how many braces are open in its expression. */
  const open = []
  let before = ';'
  for (let at = 0; at < code.length; ) {
    const isRest = code[at] === '}' && open.at(-1) === 0
    const token = isRest
      ? match(TEMPLATE_REST, code, at)
      : (match(LITERAL, code, at) ??
        (BEFORE_EXPRESSION.test(before) ? match(REGULAR_EXPRESSION, code, at) : undefined) ??
        match(WORD_OR_MARK, code, at))
    if (isRest) open.pop()
    if (token.endsWith('${')) open.push(0)
    else if (token === '{' && open.length > 0) open[open.length - 1]++
    else if (token === '}' && open.length > 0) open[open.length - 1]--
    if (token.trim() !== '') before = token.endsWith('${') ? '{' : token
    at += token.length
    yield token
  }
}

function match(pattern, code, at) {
  pattern.lastIndex = at
  return pattern.exec(code)?.[0]
}
