/** What is known of a traced function before it is called. */
export interface TracedMethod {
  /** Its own name, or the key of the method it decorates. */
  readonly key: string | symbol
  /** What stands in its place now, to be found again on a receiver. */
  wrapper: unknown
  /** Whether it stood in the body of a class, so that whatever receives the call is of that class. */
  readonly isMethod: boolean
}

/**
 * `Class.method`, also for static methods, where `receiver` has the method: the class is the one that defines it, whichever
 * subclass is called first. Elsewhere, as for a listener whose receiver is the emitter, the name of the function.
 */
export function qualifiedName(method: TracedMethod, receiver: unknown): string {
  const className = classNameOf(method, receiver)
  const name = nameOf(method.key)
  return className === undefined ? name : `${className}.${name}`
}

/** As the language itself names a method: a symbol by its description in brackets. */
export function nameOf(key: string | symbol): string {
  return typeof key === 'string' ? key : `[${key.description ?? ''}]`
}

function classNameOf(method: TracedMethod, receiver: unknown): string | undefined {
  if (receiver === undefined || receiver === null) return undefined
  try {
    // A private method, or one that another decorator has wrapped again, is not found.
    const holder = holderOf(method, receiver) ?? (method.isMethod ? receiver : undefined)
    return holder === undefined ? undefined : classNameOfHolder(holder)
  } catch {
    // A proxy or a getter that throws.
    return undefined
  }
}

/** The receiver or the prototype of it that has the wrapper under the function's name. */
function holderOf({ key, wrapper }: TracedMethod, receiver: unknown): unknown {
  for (let holder = receiver; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (Object.getOwnPropertyDescriptor(holder, key)?.value === wrapper) return holder
  }
  return undefined
}

/** Plain objects are of class Object, which says nothing. */
function classNameOfHolder(holder: unknown): string | undefined {
  const { name } = typeof holder === 'function' ? holder : (holder as object).constructor
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : undefined
}
