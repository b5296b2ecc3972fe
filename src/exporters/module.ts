import type { ModuleExporterConfig } from '../types/config.ts'
import type { Exporter, ExporterFactory } from '../types/exporter.ts'

const RELATIVE_HINT =
  'a relative path counts from the working directory, and a package is named by import.meta.resolve(…)'
const LOADER_HINT = "it is loaded by Node itself, without the program's loaders"

/**
 * Loads the program's own module and has its factory make the exporter. Rejects with a sentence that names the module, what is
 * wrong and what helps, where that fails or takes longer than a request may.
 */
export async function createModuleExporter({ url, options, timeoutMs }: ModuleExporterConfig): Promise<Exporter> {
  const module = nameOf(url)
  try {
    return await inTime(setUp(url, options), timeoutMs)
  } catch (error) {
    throw new Error(`${module}: ${causeOf(error, url)}`)
  }
}

async function setUp(url: string, options: ModuleExporterConfig['options']): Promise<Exporter> {
  const { default: create } = (await import(url)) as { default?: ExporterFactory }
  if (typeof create !== 'function') throw new Error('its default export is no function that makes an exporter')
  return checked(await create(options))
}

/** Plain JavaScript may make anything. */
function checked(made: Exporter | undefined): Exporter {
  const { name, export: exportBatch, close } = Object(made) as Partial<Exporter>
  if (typeof name !== 'string' || name === '') throw new Error('what it makes has no name')
  if (typeof exportBatch !== 'function') throw new Error('what it makes has no function export(batch, signal)')
  if (close !== undefined && typeof close !== 'function')
    throw new Error('what it makes has a close that is no function')
  return made!
}

async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not set up within ${timeoutMs} ms`)), timeoutMs).unref()
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function causeOf(error: unknown, url: string): string {
  const { code, url: missing, message = error } = Object(error) as { code?: unknown; url?: unknown; message?: unknown }
  if (code === 'ERR_MODULE_NOT_FOUND' && missing === url) return `there is no such file; ${RELATIVE_HINT}`
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return `${String(message)}; ${LOADER_HINT}`
  return String(message)
}

function nameOf(url: string): string {
  return url.startsWith('file:') ? process.getBuiltinModule('node:url').fileURLToPath(url) : 'a data: URL'
}
