import type { ViewAttributes } from '../types/exporter.ts'
import { ProtobufReader } from '../wire/protobuf-reader.ts'
import { RESOURCE } from './fields.ts'
import { readAttributes } from './read-attributes.ts'
import type { RequestFrame } from './request-frame.ts'

/** The attributes of the frame's resource, decoded. */
export function readResource(frame: RequestFrame): ViewAttributes {
  const reader = new ProtobufReader(frame.resource)
  reader.next()
  return readAttributes(reader.message(), RESOURCE.attributes)
}
