/** Options of the exporters that few programs have, a part that is loaded for those; load-other-exporters.ts loads it. */
export { planCloudTrace } from './cloud-trace.ts'
export { googleFromEnvironment } from './google-otlp.ts'
export { planJaeger } from './jaeger.ts'
export { planModule } from './module.ts'
export { planZipkin } from './zipkin.ts'
