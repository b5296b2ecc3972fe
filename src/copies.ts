import { copies, type PackageCopy, strangeCopies } from './shared-state.ts'
import { sayOnce } from './trace/notices.ts'

const WHO = '`npm ls blueprint-tracing` shows who brings them'

/** To be called when a copy of the package has been loaded: another one beside it is worth a line, once. */
export function noteCopies(): void {
  if (copies.length > 1) {
    const all = copies.map(describeCopy).join(', ')
    sayOnce(
      'copies',
      'warn',
      `${copies.length} copies of blueprint-tracing are loaded and share one state: ${all}; ${WHO}`,
    )
  }
  const strange = strangeCopies()
  if (strange.length > 0) {
    const all = [...copies, ...strange].map(describeCopy).join(', ')
    sayOnce(
      'strange copies',
      'warn',
      `copies of blueprint-tracing are loaded that cannot share their state: ${all}; ${WHO}`,
    )
  }
}

function describeCopy({ version, url }: PackageCopy): string {
  return `${version} from ${folderOf(url)}`
}

function folderOf(url: string | undefined): string {
  try {
    return decodeURIComponent(new URL('.', url).href).replace('file://', '')
  } catch {
    // Bundlers may leave no URL, or one that nothing is relative to.
    return 'an unknown place'
  }
}
