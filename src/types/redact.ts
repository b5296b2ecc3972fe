/** The part of a span that a text belongs to; 'payload' is that of a dead letter. A resource's attributes are 'attribute'. */
export type RedactField = 'name' | 'status' | 'attribute' | 'event' | 'link' | 'exception' | 'payload'

/**
 * What must not leave the process. It applies before a span leaves the caller's thread: to names, status messages, events,
 * links, exceptions and attributes, those of the resource included, and inside of objects that become JSON text.
 */
export interface RedactOptions {
  /**
   * The whole value is replaced, whatever its type. A string is the key or its last dotted part, in any case: 'password'
   * covers `input.password`. A RegExp tests the key. Inside of an object both are held against a property's own name and
   * against its path, such as `config.db.password`.
   */
  readonly keys?: readonly (string | RegExp)[] | undefined
  /**
   * The parts of a text that match are replaced, all of them whatever the flags, in attribute keys too. A number of whose
   * decimal text a part matches becomes text. Empty matches are ignored.
   */
  readonly values?: readonly RegExp[] | undefined
  /** Taken literally. Default '[redacted]'. */
  readonly replacement?: string | undefined
  /**
   * Gets each text that `keys` has not replaced, after `values`, when the span ends, and returns the one to use. `undefined`, a
   * throw or anything else that is no string: the text is replaced. It is not asked about attribute keys and numbers. An object
   * is one JSON text; `key` is the attribute's. Spans that are started inside are not recorded. It must not be async: one
   * that returns a promise is not called again.
   */
  readonly with?: ((field: RedactField, text: string, key?: string) => string | undefined) | undefined
}
