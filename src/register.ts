/** `node --import blueprint-tracing/register app.js` sets tracing up from the environment before the program is loaded. */
import { getTracing } from './tracing.ts'

getTracing()
