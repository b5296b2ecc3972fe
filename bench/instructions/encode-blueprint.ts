export { create } from '../encoders/otlp.ts'
