// Gives private members of classes short names, which minifiers leave alone: they cannot know what is private.
import { join } from 'node:path'
import ts from 'typescript'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Of each source file below `folder` that names private members, by its path: its text with short ones. */
export function shortenPrivate(root, folder) {
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const files = fileNames.filter(name => name.startsWith(folder))
  const program = ts.createProgram(files, { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  const found = new Map(files.map(name => [name, privateNamesIn(program.getSourceFile(name), checker)]))
  const shortNames = namesByUse([...found.values()].flat().map(({ name }) => name))
  return new Map(files.map(name => [name, replaced(program.getSourceFile(name).text, found.get(name), shortNames)]))
}

function privateNamesIn(source, checker) {
  const found = []
  const visit = node => {
    if (ts.isIdentifier(node)) {
      const place = placeOf(node, checker)
      if (place !== undefined && isPrivate(place.symbol))
        found.push({ ...place, name: node.text, start: node.getStart() })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The property that an identifier names, and whether it names a variable of the same name as well. */
function placeOf(node, checker) {
  const { parent } = node
  if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent)) {
    const isShorthand = parent.propertyName === undefined && parent.name === node
    if (!isShorthand && parent.propertyName !== node) return undefined
    return { symbol: checker.getTypeAtLocation(parent.parent).getProperty(node.text), isShorthand }
  }
  const isMember = ts.isPropertyAccessExpression(parent) || ts.isClassElement(parent)
  return isMember && parent.name === node
    ? { symbol: checker.getSymbolAtLocation(node), isShorthand: false }
    : undefined
}

function isPrivate(symbol) {
  return symbol?.declarations?.some(node => ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) ?? false
}

/** The shortest for what is used most. With an underscore in front, as no other name here has it. */
function namesByUse(uses) {
  const counts = new Map()
  for (const name of uses) counts.set(name, (counts.get(name) ?? 0) + 1)
  const byUse = [...counts].sort(([, a], [, b]) => b - a)
  return new Map(byUse.map(([name], i) => [name, `_${shortName(i)}`]))
}

function shortName(index) {
  const rest = Math.floor(index / LETTERS.length)
  return (rest > 0 ? shortName(rest - 1) : '') + LETTERS[index % LETTERS.length]
}

function replaced(text, places, shortNames) {
  let result = ''
  let end = 0
  for (const { name, start, isShorthand } of places) {
    result += text.slice(end, start) + shortNames.get(name) + (isShorthand ? `: ${name}` : '')
    end = start + name.length
  }
  return result + text.slice(end)
}
