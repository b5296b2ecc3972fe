export { create } from '../encoders/opentelemetry.ts'
